//! What a loop of one's own does with a client's socket: the parts that are easy to get wrong.
//!
//! Nothing here waits, and nothing raises a signal. The transports of this crate use the same. The
//! [driver](crate::monitor::driver) says what to do and when; a
//! [`Listener`](super::Listener::accept) brings the sockets.

use super::endpoint::Socket;
use crate::{Credentials, File, Peer};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendFlags, Shutdown,
};
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::os::fd::{AsFd, OwnedFd};

/// Descriptors that can come with one message; Linux's own limit is 253.
const FILES: usize = 253;

/// Listens on TCP; only on loopback unless `anywhere`.
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

/// Accepts a client: its socket, which programs that this one starts do not inherit, and who it is.
///
/// Whether the socket blocks differs between systems: the caller sets it as it needs it.
///
/// # Errors
///
/// No client waits ([`WouldBlock`](io::ErrorKind::WouldBlock)), or there are no descriptors left, among others. The
/// listener can be used on.
pub(crate) fn accept(listener: &Socket) -> io::Result<(OwnedFd, Peer)> {
    match listener {
        Socket::Unix(listener) => {
            let socket = OwnedFd::from(listener.accept()?.0);
            let credentials = credentials(&socket);
            Ok((socket, Peer::Unix(credentials)))
        }
        Socket::Tcp(listener) => {
            let (stream, address) = listener.accept()?;
            // Answers are small and complete: there is nothing to wait for. It fails when the client has left already.
            let _ = stream.set_nodelay(true);
            Ok((stream.into(), Peer::Tcp(address)))
        }
    }
}

/// Who is at the other end of a connected socket, of the Unix or the internet family.
///
/// # Errors
///
/// It is no socket, of another family, or not connected.
pub fn peer(socket: impl AsFd) -> io::Result<Peer> {
    // A peer without a name has no address on every system, but our own end has one.
    let family = rustix::net::getsockname(&socket)?.address_family();
    let address = rustix::net::getpeername(&socket)?;
    match (family, address) {
        (AddressFamily::UNIX, _) => Ok(Peer::Unix(credentials(&socket))),
        (AddressFamily::INET | AddressFamily::INET6, Some(address)) => Ok(Peer::Tcp(address.try_into()?)),
        _ => Err(Errno::AFNOSUPPORT.into()),
    }
}

/// What the kernel knows of the process that connected.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn credentials(socket: &impl AsFd) -> Option<Credentials> {
    use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
    // It does not fail for Unix sockets; if it does, nothing is known.
    let known = getsockopt(socket, PeerCredentials).ok()?;
    let credentials = Credentials::new(known.uid(), known.gid());
    // 0 is a process of a namespace that we do not see.
    let pid = u32::try_from(known.pid()).ok().filter(|pid| *pid != 0);
    Some(pid.map_or(credentials, |pid| credentials.with_pid(pid)))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn credentials(_socket: &impl AsFd) -> Option<Credentials> {
    None
}

/// Keeps a signal from coming when the other end has gone. Where there is no such flag, Rust's programs ignore the signal.
#[cfg(not(target_vendor = "apple"))]
pub(crate) const NO_SIGNAL: SendFlags = SendFlags::NOSIGNAL;
#[cfg(target_vendor = "apple")]
pub(crate) const NO_SIGNAL: SendFlags = SendFlags::empty();

/// Writes what the socket takes at once, for [`Connection::flush`](crate::monitor::driver::Connection::flush).
///
/// # Errors
///
/// The client takes no more now ([`WouldBlock`](io::ErrorKind::WouldBlock)), or has left.
pub fn send(socket: impl AsFd, bytes: &[u8]) -> io::Result<usize> {
    Ok(rustix::net::send(socket, bytes, SendFlags::DONTWAIT | NO_SIGNAL)?)
}

/// What came with one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Received {
    /// How many bytes; 0 at the end.
    pub bytes: usize,
    /// Descriptors came along, and were lost: see [`try_receive`].
    pub truncated: bool,
}

/// Reads what there is, with descriptors that come along, which are added to `files`.
///
/// The kernel passes the descriptors for which this process has room under its `RLIMIT_NOFILE`, and drops the others. A
/// handler that got some of them would take the wrong ones. So those that did come are closed, and `truncated` is set: the
/// caller says so by [`Connection::files_lost`](crate::monitor::driver::Connection::files_lost), after it has handed the
/// bytes over.
///
/// No bytes are the end of the client's direction. It has left if it [has hung up](has_hung_up), too; otherwise it still
/// reads.
///
/// # Errors
///
/// There is nothing now ([`WouldBlock`](io::ErrorKind::WouldBlock)), or the connection is broken.
pub fn try_receive(socket: impl AsFd, buffer: &mut [u8], files: &mut Vec<File>) -> io::Result<Received> {
    receive(socket, buffer, files, RecvFlags::DONTWAIT)
}

/// The same as [`try_receive`] with flags of the caller's: without `DONTWAIT` it waits on a socket that blocks.
///
/// Where descriptors were lost, the bytes are whole, and the connection can be used on. This holds as well when there is no
/// room for any descriptor.
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
            // Dropped, descriptors are closed.
            _ => {}
        }
    }
    Ok(Received { bytes: received.bytes, truncated })
}

/// Reads, and has the kernel close the descriptors that come along, before this process has them. Returns 0 at the end.
///
/// It is for listeners that accept no descriptors: so a client cannot have us hold files open.
pub(crate) fn receive_bytes(socket: impl AsFd, buffer: &mut [u8], flags: RecvFlags) -> io::Result<usize> {
    // Unlike `recvmsg`, this call has no place for them.
    Ok(rustix::net::recv(socket, buffer, flags)?.0)
}

/// Ends a connection, when its session is over. The client sees a clean end even when it sent something that no one has
/// read.
pub fn shut(socket: impl AsFd) {
    // Errors mean that the client was faster.
    let _ = rustix::net::shutdown(&socket, Shutdown::Write);
    let mut bin = [0; 4096];
    // Only so much: a client that goes on sending is not worth a clean end.
    for _ in 0..64 {
        if !matches!(receive_bytes(&socket, &mut bin, RecvFlags::DONTWAIT), Ok(1..)) {
            break;
        }
    }
    let _ = rustix::net::shutdown(&socket, Shutdown::Both);
}

/// Waits until one of them is ready.
pub(crate) fn wait(descriptors: &mut [PollFd<'_>], limit: Option<std::time::Duration>) -> io::Result<()> {
    // A wait too long to be expressed may as well have no end.
    let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
    match poll(descriptors, limit.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether both directions have ended, so that the client has left.
///
/// It is what a [probe](crate::monitor::driver::Driver::connect) of a session asks.
pub fn has_hung_up(socket: impl AsFd) -> bool {
    // Asked for nothing, a poll still tells of ends and errors.
    let mut descriptors = [PollFd::new(&socket, PollFlags::empty())];
    wait(&mut descriptors, Some(std::time::Duration::ZERO)).is_ok() && is_ready(&descriptors[0])
}

/// A descriptor to be polled for input.
#[cfg(feature = "threads")]
pub(crate) fn readable<'a>(descriptor: &'a impl AsFd) -> PollFd<'a> {
    PollFd::new(descriptor, PollFlags::IN)
}

/// Whether a poll found anything.
pub(crate) fn is_ready(descriptor: &PollFd<'_>) -> bool {
    !descriptor.revents().is_empty()
}

#[cfg(test)]
mod tests;
