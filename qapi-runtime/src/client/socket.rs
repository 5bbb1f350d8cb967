//! Writes to a client's socket, with descriptors.

use super::protocol::Outgoing;
use crate::File;
use crate::sigpipe::NO_SIGNAL;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};

/// Descriptors that one message can carry: Linux's limit (`SCM_MAX_FD`).
const FILES: usize = 253;

/// Writes some of `output` and removes it. The descriptors go with the first byte.
pub(super) fn send(socket: impl AsFd, output: &mut Outgoing, flags: SendFlags) -> io::Result<()> {
    let files: Vec<BorrowedFd<'_>> = output.files.iter().map(AsFd::as_fd).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !files.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&files)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "too many descriptors for one command"));
    }
    let flags = flags | NO_SIGNAL;
    let sent = rustix::net::sendmsg(socket, &[IoSlice::new(&output.bytes)], &mut control, flags)?;
    // The kernel has its own references now, so ours are closed.
    let _: Vec<File> = std::mem::take(&mut output.files);
    output.bytes.drain(..sent);
    Ok(())
}
