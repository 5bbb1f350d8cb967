//! The two clients behind one face, so that a test is written once and holds for both.

use qapi_runtime::client::{
    Capabilities, ClientSchema, CommandError, ConnectError, EventError, Greeting, Options, Received, Speaks,
};
use qapi_runtime::client::{asynchronous, blocking};
use qapi_runtime::{Any, Command, File};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use std::fs;
use std::io;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::net::unix::pipe;
use tokio::runtime::Runtime;

/// Which client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The one on standard threads.
    Blocking,
    /// The one on tokio.
    Tokio,
}

impl Kind {
    /// Both.
    pub const ALL: [Kind; 2] = [Kind::Blocking, Kind::Tokio];
}

/// With each client.
pub fn both(test: impl Fn(Kind)) {
    Kind::ALL.into_iter().for_each(test);
}

/// A client of either kind, whose methods wait. Clones use the same connection.
#[derive(Debug)]
pub enum Driver<S> {
    /// The one on standard threads.
    Blocking(blocking::Client<S>),
    /// The one on tokio.
    Tokio(asynchronous::Client<S>),
}

impl<S> Clone for Driver<S> {
    fn clone(&self) -> Driver<S> {
        match self {
            Driver::Blocking(client) => Driver::Blocking(client.clone()),
            Driver::Tokio(client) => Driver::Tokio(client.clone()),
        }
    }
}

/// The runtime of all clients on tokio in the process.
///
/// # Panics
///
/// The system gives no threads.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}

/// Does the same with both clients, or says which one it was.
macro_rules! both {
    ($driver:expr, $client:ident => $call:expr) => {
        match $driver {
            Driver::Blocking($client) => $call,
            Driver::Tokio($client) => runtime().block_on($call),
        }
    };
}

impl<S: ClientSchema> Driver<S> {
    /// A client on a Unix socket.
    ///
    /// # Errors
    ///
    /// The server did not become ready.
    pub fn unix(kind: Kind, socket: UnixStream, options: &Options) -> Result<Driver<S>, ConnectError> {
        match kind {
            Kind::Blocking => blocking::Client::unix(socket, options).map(Driver::Blocking),
            Kind::Tokio => runtime().block_on(async {
                socket.set_nonblocking(true)?;
                let socket = tokio::net::UnixStream::from_std(socket)?;
                asynchronous::Client::unix(socket, options).await.map(Driver::Tokio)
            }),
        }
    }

    /// A client on a TCP socket.
    ///
    /// # Errors
    ///
    /// The server did not become ready.
    pub fn tcp(kind: Kind, socket: TcpStream, options: &Options) -> Result<Driver<S>, ConnectError> {
        match kind {
            Kind::Blocking => blocking::Client::tcp(socket, options).map(Driver::Blocking),
            Kind::Tokio => runtime().block_on(async {
                socket.set_nonblocking(true)?;
                let socket = tokio::net::TcpStream::from_std(socket)?;
                asynchronous::Client::tcp(socket, options).await.map(Driver::Tokio)
            }),
        }
    }

    /// A client on what can be read and what can be written, as two pipes or a terminal: a stream of bytes as any other.
    ///
    /// # Errors
    ///
    /// The server did not become ready.
    pub fn pipes(
        kind: Kind,
        reader: OwnedFd,
        writer: OwnedFd,
        options: &Options,
    ) -> Result<Driver<S>, ConnectError> {
        match kind {
            Kind::Blocking => {
                let (reader, writer) = (fs::File::from(reader), fs::File::from(writer));
                blocking::Client::stream(reader, writer, options).map(Driver::Blocking)
            }
            Kind::Tokio => runtime().block_on(async {
                for end in [&reader, &writer] {
                    let flags = fcntl_getfl(end).map_err(io::Error::from)?;
                    fcntl_setfl(end, flags | OFlags::NONBLOCK).map_err(io::Error::from)?;
                }
                // A terminal is no pipe, but read and written in the same way.
                let reader = pipe::Receiver::from_owned_fd_unchecked(reader)?;
                let writer = pipe::Sender::from_owned_fd_unchecked(writer)?;
                let stream = tokio::io::join(reader, writer);
                asynchronous::Client::stream(stream, options).await.map(Driver::Tokio)
            }),
        }
    }

    /// Executes a command.
    ///
    /// # Errors
    ///
    /// Those of the client.
    pub fn execute<C>(&self, command: C) -> Result<C::Ok, CommandError>
    where
        C: Command,
        S: Speaks<C::Protocol>,
    {
        both!(self, client => client.execute(command))
    }

    /// Executes a command out-of-band.
    ///
    /// # Errors
    ///
    /// Those of the client.
    pub fn execute_oob<C>(&self, command: C) -> Result<C::Ok, CommandError>
    where
        C: Command,
        S: Speaks<C::Protocol>,
    {
        both!(self, client => client.execute_oob(command))
    }

    /// Executes a command by name.
    ///
    /// # Errors
    ///
    /// Those of the client.
    pub fn execute_raw(&self, name: &str, arguments: Any) -> Result<Any, CommandError> {
        both!(self, client => client.execute_raw(name, arguments))
    }

    /// Executes a command, but gives up after `limit`: the blocking client by its time-out, the other by a future that is
    /// dropped.
    ///
    /// # Errors
    ///
    /// Those of the client.
    pub fn execute_within<C>(&self, limit: Duration, command: C) -> Result<C::Ok, CommandError>
    where
        C: Command,
        S: Speaks<C::Protocol>,
    {
        match self {
            Driver::Blocking(client) => client.with_timeout(limit).execute(command),
            Driver::Tokio(client) => runtime().block_on(async {
                let call = tokio::time::timeout(limit, client.execute(command));
                call.await.unwrap_or(Err(CommandError::Timeout(limit)))
            }),
        }
    }

    /// Executes a command with descriptors.
    ///
    /// # Errors
    ///
    /// Those of the client.
    pub fn execute_with_fds<C, F>(&self, files: Vec<F>, command: C) -> Result<C::Ok, CommandError>
    where
        C: Command,
        S: Speaks<C::Protocol>,
        F: Into<File>,
    {
        both!(self, client => client.with_fds(files).execute(command))
    }

    /// Executes a command by name, with descriptors.
    ///
    /// # Errors
    ///
    /// Those of the client.
    pub fn execute_raw_with_fds<F: Into<File>>(
        &self,
        files: Vec<F>,
        name: &str,
        arguments: Any,
    ) -> Result<Any, CommandError> {
        both!(self, client => client.with_fds(files).execute_raw(name, arguments))
    }

    /// What the server has.
    ///
    /// # Errors
    ///
    /// Those of the client.
    pub fn capabilities(&self) -> Result<&Capabilities, CommandError> {
        both!(self, client => client.capabilities())
    }

    /// Whether the server has this command.
    ///
    /// # Errors
    ///
    /// Those of the client.
    pub fn supports<C>(&self) -> Result<bool, CommandError>
    where
        C: Command,
        S: Speaks<C::Protocol>,
    {
        both!(self, client => client.supports::<C>())
    }

    /// The events.
    #[must_use]
    pub fn events(&self) -> Events<S> {
        match self {
            Driver::Blocking(client) => Events::Blocking(client.events()),
            Driver::Tokio(client) => Events::Tokio(client.events()),
        }
    }

    /// What the server said first.
    #[must_use]
    pub fn greeting(&self) -> Greeting {
        match self {
            Driver::Blocking(client) => client.greeting(),
            Driver::Tokio(client) => client.greeting(),
        }
    }

    /// Whether out-of-band execution was negotiated.
    #[must_use]
    pub fn is_out_of_band(&self) -> bool {
        match self {
            Driver::Blocking(client) => client.is_out_of_band(),
            Driver::Tokio(client) => client.is_out_of_band(),
        }
    }

    /// Whether the connection has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        match self {
            Driver::Blocking(client) => client.is_closed(),
            Driver::Tokio(client) => client.is_closed(),
        }
    }

    /// Ends the connection.
    pub fn close(&self) {
        match self {
            Driver::Blocking(client) => client.close(),
            Driver::Tokio(client) => client.close(),
        }
    }
}

/// The events of either client, as an iterator that waits.
#[derive(Debug)]
pub enum Events<S> {
    /// Of the one on standard threads.
    Blocking(blocking::Events<S>),
    /// Of the one on tokio.
    Tokio(asynchronous::Events<S>),
}

impl<S: ClientSchema> Events<S> {
    /// The next event, if it comes within `limit`.
    pub fn next_within(&mut self, limit: Duration) -> Option<Result<Received<S::Event>, EventError>> {
        match self {
            Events::Blocking(events) => events.next_within(limit),
            Events::Tokio(events) => {
                runtime().block_on(async { tokio::time::timeout(limit, events.next()).await.ok().flatten() })
            }
        }
    }

    /// How many events were dropped.
    pub fn take_missed(&mut self) -> u64 {
        match self {
            Events::Blocking(events) => events.take_missed(),
            Events::Tokio(events) => events.take_missed(),
        }
    }
}

impl<S: ClientSchema> Iterator for Events<S> {
    type Item = Result<Received<S::Event>, EventError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Events::Blocking(events) => events.next(),
            Events::Tokio(events) => runtime().block_on(events.next()),
        }
    }
}
