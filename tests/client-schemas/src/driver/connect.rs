//! Connecting.

use super::{Driver, Kind, runtime};
use qapi_runtime::client::{ClientSchema, ConnectError, Options, asynchronous, blocking};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use std::fs;
use std::io;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitStatus;
use tokio::net::unix::pipe;

impl<S: ClientSchema> Driver<S> {
    /// A client that connects to the Unix socket at `path`.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn connect(kind: Kind, path: &Path, options: &Options) -> Result<Driver<S>, ConnectError> {
        match kind {
            Kind::Blocking => blocking::Client::connect_unix_with(path, options).map(Driver::Blocking),
            Kind::Tokio => {
                let client = asynchronous::Client::connect_unix_with(path, options);
                runtime().block_on(client).map(Driver::Tokio)
            }
        }
    }

    /// A client that connects to the Unix socket of a process that may have ended.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn connect_while(
        kind: Kind,
        path: &Path,
        options: &Options,
        ended: impl FnMut() -> io::Result<Option<ExitStatus>>,
    ) -> Result<Driver<S>, ConnectError> {
        match kind {
            Kind::Blocking => {
                blocking::Client::connect_unix_while(path, options, ended).map(Driver::Blocking)
            }
            Kind::Tokio => {
                let client = asynchronous::Client::connect_unix_while(path, options, ended);
                runtime().block_on(client).map(Driver::Tokio)
            }
        }
    }

    /// A client on a Unix socket.
    ///
    /// # Errors
    ///
    /// Fails if the server does not become ready.
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
    /// Fails if the server does not become ready.
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

    /// A client on a reader and a writer, such as two pipes or a terminal.
    ///
    /// # Errors
    ///
    /// Fails if the server does not become ready.
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
                // tokio's pipe also reads and writes a terminal.
                let reader = pipe::Receiver::from_owned_fd_unchecked(reader)?;
                let writer = pipe::Sender::from_owned_fd_unchecked(writer)?;
                let stream = tokio::io::join(reader, writer);
                asynchronous::Client::stream(stream, options).await.map(Driver::Tokio)
            }),
        }
    }
}
