//! Carries a client's bytes: a socket, or any stream.

use super::stream::Stream;
use crate::File;
use crate::monitor::driver::{Connection, Flushed, Link};
use crate::transport::registry::Helped;
use crate::transport::{input, socket};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

/// How much is read at once.
const CHUNK: usize = 16 * 1024;

/// Carries a client's bytes. Each function reports to the connection what has happened.
pub(super) trait Pipe: Send + 'static {
    /// Reads what is available. Ready when something was reported to the connection.
    fn poll_receive(&mut self, connection: &mut Connection, cx: &mut Context<'_>) -> Poll<()>;
    /// Writes output without waiting.
    fn flush(&mut self, connection: &mut Connection, cx: &mut Context<'_>);
    /// Waits until the client has left or, if `blocked`, there is room for output.
    fn poll_room(&mut self, connection: &mut Connection, cx: &mut Context<'_>, blocked: bool) -> Poll<()>;
    /// Closes the connection.
    fn shut(&mut self) -> impl Future<Output = ()> + Send;
}

/// A Unix or TCP socket.
pub(super) struct Socket(pub(super) Arc<Stream>);

impl Pipe for Socket {
    fn poll_receive(&mut self, connection: &mut Connection, cx: &mut Context<'_>) -> Poll<()> {
        // On the stack, so that an idle session holds no buffer.
        let mut buffer = [0; CHUNK];
        let mut files: Vec<File> = Vec::new();
        let received = ready!(self.0.poll_receive(cx, &mut buffer, &mut files));
        input::tell(connection.link(), &*self.0, received, &buffer, files);
        Poll::Ready(())
    }

    fn flush(&mut self, connection: &mut Connection, _: &mut Context<'_>) {
        if connection.flush(|bytes| self.0.send(bytes)) == Flushed::Over {
            socket::shut(&*self.0);
        }
    }

    fn poll_room(&mut self, connection: &mut Connection, cx: &mut Context<'_>, blocked: bool) -> Poll<()> {
        if connection.link().origin.presence().has_left() {
            // The socket would report the hang-up for ever. A command that still runs wakes the task when it is done.
            return Poll::Pending;
        }
        loop {
            let Poll::Ready(changed) = self.0.poll_change(cx) else {
                if !blocked {
                    return Poll::Pending;
                }
                // Tokio reports room once. A wait that began before the service found the socket full may have consumed
                // that report, and no other follows. So write once more before waiting.
                let before = connection.link().backlog();
                self.flush(connection, cx);
                return if connection.link().backlog() == before { Poll::Pending } else { Poll::Ready(()) };
            };
            if changed.is_err() || socket::has_hung_up(&*self.0) {
                connection.leave();
                return Poll::Ready(());
            }
            if blocked {
                self.flush(connection, cx);
                return Poll::Ready(());
            }
        }
    }

    async fn shut(&mut self) {
        socket::shut(&*self.0);
    }
}

/// Any stream.
pub(super) struct Any<S>(pub(super) S);

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Pipe for Any<S> {
    fn poll_receive(&mut self, connection: &mut Connection, cx: &mut Context<'_>) -> Poll<()> {
        let mut buffer = [0; CHUNK];
        let mut buffer = ReadBuf::new(&mut buffer);
        match ready!(Pin::new(&mut self.0).poll_read(cx, &mut buffer)) {
            Ok(()) if buffer.filled().is_empty() => connection.end_input(),
            Ok(()) => connection.receive(buffer.filled(), Vec::new()),
            Err(error) => {
                tracing::debug!(session = connection.number(), %error, "client cannot be read from");
                connection.leave();
            }
        }
        Poll::Ready(())
    }

    fn flush(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        connection.flush(|bytes| match Pin::new(&mut self.0).poll_write(cx, bytes) {
            Poll::Ready(written) => written,
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        });
        // A pending flush makes progress with later polls of the stream. An error comes back with the next write.
        let _ = Pin::new(&mut self.0).poll_flush(cx);
    }

    fn poll_room(&mut self, connection: &mut Connection, cx: &mut Context<'_>, blocked: bool) -> Poll<()> {
        if !blocked {
            // Only a read or write would show that the client has left.
            return Poll::Pending;
        }
        let before = connection.link().backlog();
        self.flush(connection, cx);
        if connection.link().backlog() == before { Poll::Pending } else { Poll::Ready(()) }
    }

    async fn shut(&mut self) {
        // An error means that the client has closed the connection first.
        let _ = self.0.shutdown().await;
    }
}

/// A session on a socket, for the service.
pub(super) struct HelpedSocket {
    pub(super) link: Arc<Link>,
    pub(super) socket: Arc<Stream>,
}

impl Helped for HelpedSocket {
    fn link(&self) -> &Arc<Link> {
        &self.link
    }

    fn help(&self) {
        let flushed = self.link.help(|bytes| self.socket.send(bytes));
        if flushed == Some(Flushed::Over) {
            socket::shut(&*self.socket);
        }
    }
}

/// A session on a stream, for the service. Only the session's task can write, so the service wakes it.
pub(super) struct HelpedStream(pub(super) Arc<Link>);

impl Helped for HelpedStream {
    fn link(&self) -> &Arc<Link> {
        &self.0
    }

    fn help(&self) {
        self.0.wake();
    }
}
