//! A client's socket: connects it, and writes to it, with descriptors.

use super::Options;
use super::protocol::Outgoing;
use crate::File;
use crate::sigpipe::NO_SIGNAL;
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketType, sockopt,
};
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How many probes are not answered before the kernel ends an idle TCP connection.
#[cfg(not(any(target_os = "haiku", target_os = "nto", target_os = "openbsd", target_os = "redox")))]
const PROBES: u32 = 3;

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

/// Prepares a connected TCP socket.
pub(super) fn prepare_tcp(socket: impl AsFd, options: &Options) -> io::Result<()> {
    let socket = socket.as_fd();
    // Requests are small and written whole, so Nagle's algorithm would only delay them.
    sockopt::set_tcp_nodelay(socket, true)?;
    if let Some(idle) = options.keepalive {
        sockopt::set_socket_keepalive(socket, true)?;
        set_probes(socket, idle)?;
    }
    Ok(())
}

#[cfg(not(any(target_os = "haiku", target_os = "nto", target_os = "openbsd", target_os = "redox")))]
fn set_probes(socket: BorrowedFd<'_>, idle: Duration) -> io::Result<()> {
    // The kernel refuses zero, and a part of a second would become that.
    let idle = idle.max(Duration::from_secs(1));
    sockopt::set_tcp_keepidle(socket, idle)?;
    sockopt::set_tcp_keepintvl(socket, idle)?;
    Ok(sockopt::set_tcp_keepcnt(socket, PROBES)?)
}

/// The times of these systems are the same for all sockets.
#[cfg(any(target_os = "haiku", target_os = "nto", target_os = "openbsd", target_os = "redox"))]
fn set_probes(_: BorrowedFd<'_>, _: Duration) -> io::Result<()> {
    Ok(())
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
