//! A stream of either kind, and the way out over it.

use crate::event::Wire;
use crate::transport::socket;
use crate::{File, Peer};
use rustix::net::RecvFlags;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use tokio::io::Interest;
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Notify;

/// A client's socket.
#[derive(Debug)]
pub(super) enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Stream {
    pub(super) async fn readable(&self) -> io::Result<()> {
        match self {
            Stream::Unix(stream) => stream.readable().await,
            Stream::Tcp(stream) => stream.readable().await,
        }
    }

    pub(super) async fn writable(&self) -> io::Result<()> {
        match self {
            Stream::Unix(stream) => stream.writable().await,
            Stream::Tcp(stream) => stream.writable().await,
        }
    }

    pub(super) fn peer(&self) -> Peer {
        socket::peer(self).unwrap_or_default()
    }

    /// Reads what there is, with descriptors that come along.
    pub(super) fn try_receive(&self, buffer: &mut [u8], files: &mut Vec<File>) -> io::Result<usize> {
        let receive = || socket::receive(self, buffer, files, RecvFlags::DONTWAIT);
        self.try_io(Interest::READABLE, receive).map(|received| received.bytes)
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

/// The way out: written directly; what is left is the session's task's.
pub(super) struct StreamWire {
    pub(super) stream: Arc<Stream>,
    pub(super) bell: Arc<Notify>,
}

impl Wire for StreamWire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.try_io(Interest::WRITABLE, || socket::send(&*self.stream, bytes))
    }

    fn blocked(&mut self) -> io::Result<()> {
        self.bell.notify_one();
        Ok(())
    }

    fn shut(&mut self) {
        socket::shut(&*self.stream);
        self.bell.notify_one();
    }

    fn is_abandoned(&self) -> bool {
        socket::has_hung_up(&*self.stream)
    }
}
