//! A client's socket: connects it, and writes to it, with descriptors.

use super::protocol::Outgoing;
use crate::File;
use crate::sigpipe::NO_SIGNAL;
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketType,
};
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

/// Descriptors that one message can carry: Linux's limit (`SCM_MAX_FD`).
const FILES: usize = 253;

/// Connects to a Unix socket without waiting, and returns it non-blocking. With `WouldBlock`, so many clients wait for
/// the server that no further one may. A path that begins with a NUL byte is an abstract name.
pub(super) fn connect(path: &Path) -> io::Result<UnixStream> {
    let address = match path.as_os_str().as_bytes() {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        [0, name @ ..] => SocketAddrUnix::new_abstract_name(name)?,
        _ => SocketAddrUnix::new(path)?,
    };
    let socket = rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
    // Apple's systems cannot create the socket so.
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    let socket = UnixStream::from(socket);
    socket.set_nonblocking(true)?;
    rustix::net::connect(&socket, &address)?;
    Ok(socket)
}

/// How errors name the server at this path.
pub(super) fn path_name(path: &Path) -> Arc<str> {
    match path.as_os_str().as_bytes() {
        // As the system's tools show an abstract name.
        [0, name @ ..] => format!("@{}", String::from_utf8_lossy(name)).into(),
        _ => path.display().to_string().into(),
    }
}

/// How errors name the servers at these addresses.
pub(super) fn address_name(addresses: &[SocketAddr]) -> Arc<str> {
    let names: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    names.join(" or ").into()
}

/// How errors name the server that this Unix socket is connected to. `None` for a pair of sockets.
pub(super) fn peer_name(socket: impl AsFd) -> Option<Arc<str>> {
    let address = SocketAddrUnix::try_from(rustix::net::getpeername(socket).ok()??).ok()?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Some(name) = address.abstract_name().filter(|name| !name.is_empty()) {
        return Some(format!("@{}", String::from_utf8_lossy(name)).into());
    }
    Some(address.path()?.to_string_lossy().into())
}

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
