//! The connection under a client on tokio.

use crate::client::core::Output;
use crate::client::shared::Shared;
use crate::client::{GoneReason, socket};
use ::tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, Interest};
use ::tokio::net::unix;
use ::tokio::sync::Notify;
use ::tokio::task::AbortHandle;
use rustix::net::SendFlags;
use std::io;
use std::sync::Arc;

/// How much is read at once.
const PIECE: usize = 16 * 1024;

/// Where the bytes go.
pub(super) enum Sink {
    /// A Unix socket, which carries descriptors.
    Unix(unix::OwnedWriteHalf),
    /// Anything else.
    Stream(Box<dyn AsyncWrite + Send + Unpin>),
}

/// A connection with its two tasks, which end with it.
pub(super) struct Connection {
    pub(super) shared: Arc<Shared>,
    pub(super) carries_files: bool,
    bell: Arc<Notify>,
    reader: AbortHandle,
    writer: AbortHandle,
}

impl Connection {
    pub(super) fn start(
        shared: Arc<Shared>,
        reader: impl AsyncRead + Unpin + Send + 'static,
        sink: Sink,
    ) -> Connection {
        let bell = Arc::new(Notify::new());
        let carries_files = matches!(sink, Sink::Unix(_));
        let reader = ::tokio::spawn(read(Arc::clone(&shared), Arc::clone(&bell), reader)).abort_handle();
        let writer = ::tokio::spawn(write(Arc::clone(&shared), Arc::clone(&bell), sink)).abort_handle();
        Connection { shared, carries_files, bell, reader, writer }
    }

    pub(super) fn flush(&self) {
        self.bell.notify_one();
    }

    pub(super) fn close(&self, reason: GoneReason) {
        self.shared.close(reason);
        // They own the two halves of the stream.
        self.reader.abort();
        self.writer.abort();
    }
}

async fn read(shared: Arc<Shared>, bell: Arc<Notify>, mut reader: impl AsyncRead + Unpin) {
    // On the heap, and small: a process may have thousands of clients.
    let mut buffer = vec![0; PIECE];
    let result = loop {
        match reader.read(&mut buffer).await {
            Ok(0) => break Ok(()),
            Ok(count) => shared.receive(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
        // A reply makes room for a command that waits.
        bell.notify_one();
        if shared.is_ended() {
            break Ok(());
        }
    };
    shared.close_by(result);
    // The writer ends with the connection.
    bell.notify_one();
}

async fn write(shared: Arc<Shared>, bell: Arc<Notify>, mut sink: Sink) {
    while !shared.is_ended() {
        match shared.next_output() {
            None => bell.notified().await,
            Some(output) => {
                if let Err(error) = sink.write(output).await {
                    // What the server said before it hung up is still to be read; the end comes behind it.
                    if !matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) {
                        shared.close(GoneReason::Io(error));
                    }
                    return;
                }
            }
        }
    }
}

impl Sink {
    async fn write(&mut self, mut output: Output) -> io::Result<()> {
        match self {
            Sink::Stream(stream) => {
                stream.write_all(&output.bytes).await?;
                stream.flush().await
            }
            Sink::Unix(socket) => {
                let socket = socket.as_ref();
                while !output.bytes.is_empty() {
                    socket.writable().await?;
                    let send = || socket::send(socket, &mut output, SendFlags::DONTWAIT);
                    match socket.try_io(Interest::WRITABLE, send) {
                        Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                        _ => {}
                    }
                }
                Ok(())
            }
        }
    }
}
