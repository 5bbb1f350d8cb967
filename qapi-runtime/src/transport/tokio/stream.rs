//! A client's socket of either kind.

use crate::transport::socket::{self, Received};
use crate::{File, Peer};
use rustix::net::RecvFlags;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::task::{Context, Poll};
use tokio::io::Interest;
use tokio::net::{TcpStream, UnixStream};

/// A client's socket.
#[derive(Debug)]
pub(super) enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Stream {
    /// Reads what there is, with descriptors that come along, and waits when there is nothing.
    pub(super) fn poll_receive(
        &self,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
        files: &mut Vec<File>,
    ) -> Poll<io::Result<Received>> {
        loop {
            let ready = match self {
                Stream::Unix(stream) => stream.poll_read_ready(cx),
                Stream::Tcp(stream) => stream.poll_read_ready(cx),
            };
            std::task::ready!(ready)?;
            match self
                .try_io(Interest::READABLE, || socket::receive(self, buffer, files, RecvFlags::DONTWAIT))
            {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                received => return Poll::Ready(received),
            }
        }
    }

    /// Waits for a change at the way out: there is room, or the client has left. Both are then to be looked at, and what
    /// comes after this look ends the next wait.
    pub(super) fn poll_change(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ready = match self {
            Stream::Unix(stream) => stream.poll_write_ready(cx),
            Stream::Tcp(stream) => stream.poll_write_ready(cx),
        };
        std::task::ready!(ready)?;
        // This is how tokio is told to wait for the next change.
        let _ = self.try_io(Interest::WRITABLE, || io::Result::<()>::Err(io::ErrorKind::WouldBlock.into()));
        Poll::Ready(Ok(()))
    }

    /// Writes what the client takes at once, whatever tokio knows of it.
    pub(super) fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        socket::send(self, bytes)
    }

    /// Who is at the other end.
    pub(super) fn peer(&self) -> Peer {
        // A client may have left already.
        socket::peer(self).unwrap_or_default()
    }

    fn try_io<R>(&self, interest: Interest, work: impl FnOnce() -> io::Result<R>) -> io::Result<R> {
        match self {
            Stream::Unix(stream) => stream.try_io(interest, work),
            Stream::Tcp(stream) => stream.try_io(interest, work),
        }
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Stream::Unix(stream) => stream.as_fd(),
            Stream::Tcp(stream) => stream.as_fd(),
        }
    }
}
