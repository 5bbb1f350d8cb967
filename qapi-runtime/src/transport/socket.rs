//! Operations on a client's socket for your own event loop: the parts that are easy to get wrong.
//!
//! No function here blocks or raises a signal. The transports of this crate use the same functions. The
//! [driver](crate::monitor::driver) says what to do and when; [`Listener::accept`](super::Listener::accept) returns the
//! sockets.

use super::endpoint::Socket;
use crate::sigpipe::NO_SIGNAL;
use crate::{Credentials, File, Peer};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendFlags, Shutdown,
};
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Descriptors that one message can carry: Linux's limit (`SCM_MAX_FD`).
const FILES: usize = 253;

/// Listens on TCP, only on a loopback address unless `anywhere`.
pub(crate) fn listen_tcp(address: impl ToSocketAddrs, anywhere: bool) -> io::Result<TcpListener> {
    let addresses: Vec<SocketAddr> = address.to_socket_addrs()?.collect();
    if let Some(address) = addresses.iter().find(|address| !anywhere && !address.ip().is_loopback()) {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!(
                "{address} can be reached from other machines, and any client of the monitor controls the process"
            ),
        ));
    }
    TcpListener::bind(&*addresses)
}

/// Accepts a client. Returns its socket, which is close-on-exec, and its peer.
///
/// Systems differ in whether the accepted socket inherits `O_NONBLOCK`, so the caller sets the mode that it needs.
///
/// # Errors
///
/// No client waits ([`WouldBlock`](io::ErrorKind::WouldBlock)), or the process has no descriptors left, among others.
/// The listener stays usable.
pub(crate) fn accept(listener: &Socket) -> io::Result<(OwnedFd, Peer)> {
    match listener {
        Socket::Unix(listener) => {
            let socket = OwnedFd::from(listener.accept()?.0);
            let credentials = credentials(&socket);
            Ok((socket, Peer::Unix(credentials)))
        }
        Socket::Tcp(listener) => {
            let (stream, address) = listener.accept()?;
            // Replies are written whole, so Nagle's algorithm would only delay them. An error means that the client has
            // left.
            let _ = stream.set_nodelay(true);
            Ok((stream.into(), Peer::Tcp(address)))
        }
    }
}

/// Returns the peer of a connected socket of the Unix or internet family.
///
/// # Errors
///
/// The descriptor is not a socket, of another family, or not connected.
pub fn peer(socket: impl AsFd) -> io::Result<Peer> {
    // On some systems an unnamed peer has no address at all, but our own end has a family.
    let family = rustix::net::getsockname(&socket)?.address_family();
    let address = rustix::net::getpeername(&socket)?;
    match (family, address) {
        (AddressFamily::UNIX, _) => Ok(Peer::Unix(credentials(&socket))),
        (AddressFamily::INET | AddressFamily::INET6, Some(address)) => Ok(Peer::Tcp(address.try_into()?)),
        _ => Err(Errno::AFNOSUPPORT.into()),
    }
}

/// The credentials of the process that connected, from the kernel.
#[cfg(all(feature = "credentials", any(target_os = "linux", target_os = "android")))]
fn credentials(socket: &impl AsFd) -> Option<Credentials> {
    use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
    // This does not fail for Unix sockets. If it does, the credentials are not known.
    let known = getsockopt(socket, PeerCredentials).ok()?;
    let credentials = Credentials::new(known.uid(), known.gid());
    // 0 stands for a process that is not visible in our PID namespace.
    let pid = u32::try_from(known.pid()).ok().filter(|pid| *pid != 0);
    Some(pid.map_or(credentials, |pid| credentials.with_pid(pid)))
}

#[cfg(not(all(feature = "credentials", any(target_os = "linux", target_os = "android"))))]
fn credentials(_socket: &impl AsFd) -> Option<Credentials> {
    None
}

/// Writes as much as the socket takes without blocking, for
/// [`Connection::flush`](crate::monitor::driver::Connection::flush).
///
/// # Errors
///
/// The socket is full ([`WouldBlock`](io::ErrorKind::WouldBlock)), or the client has left.
pub fn send(socket: impl AsFd, bytes: &[u8]) -> io::Result<usize> {
    Ok(rustix::net::send(socket, bytes, SendFlags::DONTWAIT | NO_SIGNAL)?)
}

/// The result of one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Received {
    /// How many bytes were read; 0 at the end of the input.
    pub bytes: usize,
    /// Descriptors were sent along and lost: see [`try_receive`].
    pub truncated: bool,
}

/// Reads available bytes, and adds the descriptors that were sent along to `files`.
///
/// The kernel passes as many descriptors as this process has room for under its `RLIMIT_NOFILE`, and drops the others.
/// A handler that got only some of them would take the wrong ones. So this function closes those that did arrive and
/// sets `truncated`: the caller then calls [`Connection::files_lost`](crate::monitor::driver::Connection::files_lost),
/// after it has passed on the bytes.
///
/// Zero bytes mean that the client has shut down its sending side. If the socket [has hung up](has_hung_up) as well,
/// the client has left; otherwise it still reads.
///
/// # Errors
///
/// There is nothing to read now ([`WouldBlock`](io::ErrorKind::WouldBlock)), or the connection is broken.
pub fn try_receive(socket: impl AsFd, buffer: &mut [u8], files: &mut Vec<File>) -> io::Result<Received> {
    receive(socket, buffer, files, RecvFlags::DONTWAIT)
}

/// The same as [`try_receive`] with the caller's flags: without `DONTWAIT` it waits on a blocking socket.
///
/// When descriptors were lost, the bytes are still complete and the connection stays usable, even if there was no room
/// for any descriptor.
pub(crate) fn receive(
    socket: impl AsFd,
    buffer: &mut [u8],
    files: &mut Vec<File>,
    flags: RecvFlags,
) -> io::Result<Received> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut parts = [IoSliceMut::new(buffer)];
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let flags = flags | RecvFlags::CMSG_CLOEXEC;
    let received = rustix::net::recvmsg(socket, &mut parts, &mut control, flags)?;
    let truncated = received.flags.contains(ReturnFlags::CTRUNC);
    for message in control.drain() {
        match message {
            RecvAncillaryMessage::ScmRights(descriptors) if !truncated => files.extend(descriptors),
            // Dropping the message closes its descriptors.
            _ => {}
        }
    }
    Ok(Received { bytes: received.bytes, truncated })
}

/// Reads bytes; the kernel discards descriptors that were sent along, before this process gets them. Returns 0 at the
/// end of the input.
///
/// It is used where no descriptors are accepted, so that a client cannot make this process hold files open.
pub(crate) fn receive_bytes(socket: impl AsFd, buffer: &mut [u8], flags: RecvFlags) -> io::Result<usize> {
    // Unlike `recvmsg`, `recv` has no buffer for descriptors.
    Ok(rustix::net::recv(socket, buffer, flags)?.0)
}

/// Closes the connection of a session that is over. The client sees a clean end even if it sent input that was never
/// read: closing a socket with unread input would reset the connection, and the client could lose the last replies.
pub fn shut(socket: impl AsFd) {
    close_cleanly(socket.as_fd());
}

/// Never inlined: its buffer would be part of the frame of a session's loop, and every idle thread would keep a page more
/// of its stack in memory.
#[inline(never)]
fn close_cleanly(socket: BorrowedFd<'_>) {
    // Errors mean that the client has closed the connection first.
    let _ = rustix::net::shutdown(socket, Shutdown::Write);
    let mut bin = [0; 4096];
    // At most 256 KiB: a client that keeps sending does not get a clean end.
    for _ in 0..64 {
        if !matches!(receive_bytes(socket, &mut bin, RecvFlags::DONTWAIT), Ok(1..)) {
            break;
        }
    }
    let _ = rustix::net::shutdown(socket, Shutdown::Both);
}

/// Waits until one of the descriptors is ready.
pub(crate) fn wait(descriptors: &mut [PollFd<'_>], limit: Option<std::time::Duration>) -> io::Result<()> {
    // A limit too long for a `timespec` is as good as none.
    let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
    match poll(descriptors, limit.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether both directions are closed, so that the client has left.
///
/// Use it as the [probe](crate::monitor::driver::Driver::connect) of a session.
pub fn has_hung_up(socket: impl AsFd) -> bool {
    // A poll for no events still reports hang-ups and errors.
    let mut descriptors = [PollFd::new(&socket, PollFlags::empty())];
    wait(&mut descriptors, Some(std::time::Duration::ZERO)).is_ok() && is_ready(&descriptors[0])
}

/// An entry to poll a descriptor for input.
#[cfg(feature = "threads")]
pub(crate) fn readable<'a>(descriptor: &'a impl AsFd) -> PollFd<'a> {
    PollFd::new(descriptor, PollFlags::IN)
}

/// Whether the poll reported any event.
pub(crate) fn is_ready(descriptor: &PollFd<'_>) -> bool {
    !descriptor.revents().is_empty()
}

#[cfg(test)]
mod tests;
