//! A client's socket, Unix or TCP.

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
    /// Reads available bytes and descriptors, and waits when there are none.
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

    /// Waits until the socket has room for output or the client has left. The caller then checks for both; a change
    /// after that check ends the next wait.
    pub(super) fn poll_change(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ready = match self {
            Stream::Unix(stream) => stream.poll_write_ready(cx),
            Stream::Tcp(stream) => stream.poll_write_ready(cx),
        };
        std::task::ready!(ready)?;
        // `WouldBlock` makes tokio clear the readiness and wait for the next change.
        let _ = self.try_io(Interest::WRITABLE, || io::Result::<()>::Err(io::ErrorKind::WouldBlock.into()));
        Poll::Ready(Ok(()))
    }

    /// Writes as much as the socket takes, regardless of the readiness that tokio has recorded.
    pub(super) fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        socket::send(self, bytes)
    }

    /// Returns the peer.
    pub(super) fn peer(&self) -> Peer {
        // Fails when the client has left already.
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
