//! The connection under a blocking client.

use crate::client::protocol::Outgoing;
use crate::client::shared::Shared;
use crate::client::{GoneReason, socket};
use crate::sync::lock;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SendFlags, Shutdown};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};
use std::thread;

/// How many bytes are read at once.
const PIECE: usize = 16 * 1024;

/// What carries the bytes.
pub(super) struct Link {
    source: Source,
    sink: Sink,
}

enum Source {
    Socket(Arc<OwnedFd>),
    Stream(Box<dyn Read + Send>),
}

enum Sink {
    Socket(Arc<OwnedFd>),
    Stream(Box<dyn Write + Send>),
}

impl Link {
    pub(super) fn socket(socket: OwnedFd) -> Link {
        // Shared, not duplicated: a process may have thousands of clients and not many descriptors.
        let socket = Arc::new(socket);
        Link { source: Source::Socket(Arc::clone(&socket)), sink: Sink::Socket(socket) }
    }

    pub(super) fn stream(reader: Box<dyn Read + Send>, writer: Box<dyn Write + Send>) -> Link {
        Link { source: Source::Stream(reader), sink: Sink::Stream(writer) }
    }
}

/// A connection with its reader thread.
pub(super) struct Connection {
    pub(super) shared: Arc<Shared>,
    /// Shut down at the end, which makes the reader thread return.
    socket: Option<Arc<OwnedFd>>,
    writer: Mutex<Writer>,
}

/// A thread takes the sink to write, and puts it back when nothing is left to write. So no thread waits for another
/// one's write.
struct Writer {
    sink: Option<Sink>,
    /// Another thread found the sink taken and has queued output, which the writing thread then picks up.
    again: bool,
}

impl Connection {
    pub(super) fn start(shared: Arc<Shared>, link: Link) -> io::Result<Arc<Connection>> {
        let Link { source, sink } = link;
        let socket = match &sink {
            Sink::Socket(socket) => Some(Arc::clone(socket)),
            Sink::Stream(_) => None,
        };
        let writer = Mutex::new(Writer { sink: Some(sink), again: false });
        let connection = Arc::new(Connection { shared, socket, writer });
        let reader = Arc::clone(&connection);
        thread::Builder::new().name("qmp-client".to_owned()).spawn(move || reader.read(source))?;
        // With a guest agent, the client speaks first.
        connection.flush();
        Ok(connection)
    }

    pub(super) fn close(&self, reason: GoneReason) {
        self.shared.close(reason);
        if let Some(socket) = &self.socket {
            // Makes the reader thread return. Fails when the connection has ended already.
            let _ = rustix::net::shutdown(socket, Shutdown::Both);
        }
    }

    /// Whether the connection carries descriptors.
    pub(super) fn carries_files(&self) -> bool {
        let family = self.socket.as_ref().and_then(|socket| rustix::net::sockopt::socket_domain(socket).ok());
        family == Some(AddressFamily::UNIX)
    }

    fn read(self: Arc<Connection>, mut source: Source) {
        let mut buffer = vec![0; PIECE];
        let result = loop {
            let read = match &mut source {
                Source::Socket(socket) => {
                    rustix::io::read(&**socket, &mut buffer[..]).map_err(io::Error::from)
                }
                Source::Stream(stream) => stream.read(&mut buffer),
            };
            match read {
                Ok(0) => break Ok(()),
                Ok(count) => {
                    self.shared.receive(&buffer[..count]);
                    // A reply makes room for a command that waits.
                    self.flush();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
            if self.shared.is_ended() {
                break Ok(());
            }
        };
        self.shared.close_by(result);
        if let Some(socket) = &self.socket {
            let _ = rustix::net::shutdown(socket, Shutdown::Both);
        }
    }

    /// Writes all queued output without blocking. What does not fit into the socket is left to a new thread.
    pub(super) fn flush(self: &Arc<Connection>) {
        let sink = {
            let mut writer = lock(&self.writer);
            match writer.sink.take() {
                Some(sink) => sink,
                None => {
                    writer.again = true;
                    return;
                }
            }
        };
        let Err((sink, rest)) = self.write_all(sink, Outgoing::default(), false) else { return };
        let connection = Arc::clone(self);
        let write = move || {
            let _ = connection.write_all(sink, rest, true);
        };
        if let Err(error) = thread::Builder::new().name("qmp-client-out".to_owned()).spawn(write) {
            // The sink was dropped with the closure, so nothing can be written any more.
            self.close(GoneReason::Io(error));
        }
    }

    /// Writes all queued output. Returns the sink and the rest as an error when it would have to block.
    fn write_all(
        self: &Arc<Connection>,
        mut sink: Sink,
        mut rest: Outgoing,
        may_wait: bool,
    ) -> Result<(), (Sink, Outgoing)> {
        loop {
            if rest.bytes.is_empty() {
                rest = match self.shared.next_output() {
                    Some(output) => output,
                    None => {
                        let mut writer = lock(&self.writer);
                        if std::mem::take(&mut writer.again) {
                            continue;
                        }
                        writer.sink = Some(sink);
                        return Ok(());
                    }
                };
            }
            match sink.write(&mut rest, may_wait) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err((sink, rest)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.fail(error);
                    return Ok(());
                }
            }
        }
    }

    /// Handles an error after which nothing can be written.
    fn fail(&self, error: io::Error) {
        // The socket may still hold replies from before the server hung up. The reader gets them, and then the end.
        let is_hung_up = matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset);
        if self.socket.is_none() || !is_hung_up {
            self.close(GoneReason::Io(error));
        }
    }
}

impl Sink {
    /// Writes some of `output` and removes it.
    fn write(&mut self, output: &mut Outgoing, may_wait: bool) -> io::Result<()> {
        match self {
            Sink::Socket(socket) => {
                let flags = if may_wait { SendFlags::empty() } else { SendFlags::DONTWAIT };
                socket::send(&**socket, output, flags)
            }
            Sink::Stream(_) if !may_wait => Err(Errno::WOULDBLOCK.into()),
            Sink::Stream(stream) => {
                stream.write_all(&output.bytes)?;
                stream.flush()?;
                output.bytes.clear();
                Ok(())
            }
        }
    }
}
