//! Sockets of clients: written without waiting, with descriptors.

use super::protocol::Outgoing;
use crate::File;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};

/// Descriptors that can go with one message; Linux's own limit.
const FILES: usize = 253;

/// Writes a part of `output` and takes it off; its descriptors go with the first byte.
pub(super) fn send(socket: impl AsFd, output: &mut Outgoing, flags: SendFlags) -> io::Result<()> {
    let files: Vec<BorrowedFd<'_>> = output.files.iter().map(AsFd::as_fd).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !files.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&files)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "too many descriptors for one command"));
    }
    let flags = flags | crate::transport::socket::NO_SIGNAL;
    let sent = rustix::net::sendmsg(socket, &[IoSlice::new(&output.bytes)], &mut control, flags)?;
    // They have gone over.
    let _: Vec<File> = std::mem::take(&mut output.files);
    output.bytes.drain(..sent);
    Ok(())
}
