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

/// How much is read at once.
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
        // Not three descriptors a client: thousands of them are held by one process.
        let socket = Arc::new(socket);
        Link { source: Source::Socket(Arc::clone(&socket)), sink: Sink::Socket(socket) }
    }

    pub(super) fn stream(reader: Box<dyn Read + Send>, writer: Box<dyn Write + Send>) -> Link {
        Link { source: Source::Stream(reader), sink: Sink::Stream(writer) }
    }
}

/// A connection with its reading thread.
pub(super) struct Connection {
    pub(super) shared: Arc<Shared>,
    /// To be shut at the end.
    socket: Option<Arc<OwnedFd>>,
    writer: Mutex<Writer>,
}

/// A thread that writes takes the sink out, and puts it back when nothing is left to write.
struct Writer {
    sink: Option<Sink>,
    /// Another thread found the sink taken, and has something to write.
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
        // An agent is spoken to first.
        connection.flush();
        Ok(connection)
    }

    pub(super) fn close(&self, reason: GoneReason) {
        self.shared.close(reason);
        if let Some(socket) = &self.socket {
            // It may be gone already. This ends the reading thread.
            let _ = rustix::net::shutdown(socket, Shutdown::Both);
        }
    }

    /// Whether descriptors can go along.
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

    /// Writes all there is to write, without waiting: what the system does not take at once is left to a thread.
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
            // The sink is gone with the thread that was not.
            self.close(GoneReason::Io(error));
        }
    }

    /// Gives the sink and what is left back when going on would mean to wait.
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

    /// Nothing can be written any more.
    fn fail(&self, error: io::Error) {
        // What the server said before it hung up is still to be read from a socket; the end comes behind it.
        let is_hung_up = matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset);
        if self.socket.is_none() || !is_hung_up {
            self.close(GoneReason::Io(error));
        }
    }
}

impl Sink {
    /// Writes a part, and takes it off `output`.
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
