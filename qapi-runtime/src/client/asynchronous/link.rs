//! The connection under a client on tokio.

use crate::client::protocol::Outgoing;
use crate::client::shared::Shared;
use crate::client::{GoneReason, socket};
use crate::sync::lock;
use rustix::net::{SendFlags, Shutdown};
use std::io;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, Interest};
use tokio::net::{tcp, unix};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// How many bytes are read at once.
const PIECE: usize = 16 * 1024;

/// Where the bytes go.
pub(super) enum Sink {
    /// A Unix socket, which carries descriptors.
    Unix(unix::OwnedWriteHalf),
    /// A TCP socket.
    Tcp(tcp::OwnedWriteHalf),
    /// Anything else.
    Stream(Box<dyn AsyncWrite + Send + Unpin>),
}

/// A connection with its two tasks, which are aborted with it.
pub(super) struct Connection {
    sender: Arc<Sender>,
    pub(super) shared: Arc<Shared>,
    pub(super) carries_files: bool,
    reader: AbortHandle,
    writer: AbortHandle,
}

/// Sends output. The task that makes a call writes it to the socket without waiting, which saves a hop to the writer
/// task. The writer task sends what did not fit.
struct Sender {
    shared: Arc<Shared>,
    /// Wakes the writer task.
    bell: Notify,
    socket: Option<Socket>,
    /// What did not fit into the socket. Locked during every write, so that output stays in order.
    rest: Mutex<Outgoing>,
}

enum Socket {
    Unix(unix::OwnedWriteHalf),
    Tcp(tcp::OwnedWriteHalf),
}

impl Connection {
    pub(super) fn start(
        shared: Arc<Shared>,
        reader: impl AsyncRead + Unpin + Send + 'static,
        sink: Sink,
    ) -> Connection {
        let carries_files = matches!(sink, Sink::Unix(_));
        let (socket, stream) = match sink {
            Sink::Unix(socket) => (Some(Socket::Unix(socket)), None),
            Sink::Tcp(socket) => (Some(Socket::Tcp(socket)), None),
            Sink::Stream(stream) => (None, Some(stream)),
        };
        let (bell, rest) = (Notify::new(), Mutex::default());
        let sender = Arc::new(Sender { shared: Arc::clone(&shared), bell, socket, rest });
        let reader = tokio::spawn(read(Arc::clone(&sender), reader)).abort_handle();
        let writer = tokio::spawn(write(Arc::clone(&sender), stream)).abort_handle();
        Connection { sender, shared, carries_files, reader, writer }
    }

    pub(super) fn flush(&self) {
        self.sender.flush();
    }

    pub(super) fn close(&self, reason: GoneReason) {
        self.shared.close(reason);
        self.sender.hang_up();
        // The tasks own streams that are not sockets, so only aborting them closes these.
        self.reader.abort();
        self.writer.abort();
    }
}

async fn read(sender: Arc<Sender>, mut reader: impl AsyncRead + Unpin) {
    let shared = &sender.shared;
    // On the heap and small: a process may have thousands of clients.
    let mut buffer = vec![0; PIECE];
    let result = loop {
        match reader.read(&mut buffer).await {
            Ok(0) => break Ok(()),
            Ok(count) => shared.receive(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
        // A reply makes room for a command that waits.
        sender.flush();
        if shared.is_ended() {
            break Ok(());
        }
    };
    shared.close_by(result);
    sender.hang_up();
    // Wakes the writer task, which sees that the connection has ended.
    sender.bell.notify_one();
}

async fn write(sender: Arc<Sender>, stream: Option<Box<dyn AsyncWrite + Send + Unpin>>) {
    let result = match (&sender.socket, stream) {
        (Some(socket), _) => sender.write_to_socket(socket).await,
        (None, Some(stream)) => sender.write_to_stream(stream).await,
        (None, None) => Ok(()),
    };
    if let Err(error) = result {
        sender.fail(error);
    }
}

impl Sender {
    fn flush(&self) {
        match &self.socket {
            None => self.bell.notify_one(),
            Some(socket) => match self.send(socket) {
                Ok(Progress::Done) => {}
                Ok(Progress::Full) => self.bell.notify_one(),
                Err(error) => self.fail(error),
            },
        }
    }

    /// Writes all queued output, or as much as fits into the socket.
    fn send(&self, socket: &Socket) -> io::Result<Progress> {
        let mut rest = lock(&self.rest);
        loop {
            if rest.bytes.is_empty() {
                match self.shared.next_output() {
                    Some(output) => *rest = output,
                    None => return Ok(Progress::Done),
                }
            }
            match socket.send(&mut rest) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Progress::Full),
                Err(error) => return Err(error),
            }
        }
    }

    async fn write_to_socket(&self, socket: &Socket) -> io::Result<()> {
        while !self.shared.is_ended() {
            match self.send(socket)? {
                Progress::Done => self.bell.notified().await,
                Progress::Full => socket.writable().await?,
            }
        }
        Ok(())
    }

    async fn write_to_stream(&self, mut stream: Box<dyn AsyncWrite + Send + Unpin>) -> io::Result<()> {
        while !self.shared.is_ended() {
            match self.shared.next_output() {
                None => self.bell.notified().await,
                Some(output) => {
                    stream.write_all(&output.bytes).await?;
                    stream.flush().await?;
                }
            }
        }
        Ok(())
    }

    /// Shuts the socket down, so that the server sees the end although clones may still hold the socket.
    fn hang_up(&self) {
        if let Some(socket) = &self.socket {
            // Fails when the connection has ended already.
            let _ = socket.shutdown();
        }
    }

    /// Handles an error after which nothing can be written.
    fn fail(&self, error: io::Error) {
        // The socket may still hold replies from before the server hung up. The reader gets them, and then the end.
        if !matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) {
            self.shared.close(GoneReason::Io(error));
        }
    }
}

/// The result of a write.
enum Progress {
    /// Nothing is left.
    Done,
    /// The socket is full.
    Full,
}

impl Socket {
    /// Writes some of `output` and removes it.
    fn send(&self, output: &mut Outgoing) -> io::Result<()> {
        match self {
            Socket::Unix(half) => {
                let socket = half.as_ref();
                socket.try_io(Interest::WRITABLE, || socket::send(socket, output, SendFlags::DONTWAIT))
            }
            Socket::Tcp(half) => {
                let count = half.try_write(&output.bytes)?;
                output.bytes.drain(..count);
                Ok(())
            }
        }
    }

    fn shutdown(&self) -> io::Result<()> {
        let how = Shutdown::Both;
        match self {
            Socket::Unix(half) => rustix::net::shutdown(half.as_ref(), how)?,
            Socket::Tcp(half) => rustix::net::shutdown(half.as_ref(), how)?,
        }
        Ok(())
    }

    async fn writable(&self) -> io::Result<()> {
        match self {
            Socket::Unix(half) => half.writable().await,
            Socket::Tcp(half) => half.writable().await,
        }
    }
}
