//! Connects, and creates a client on a connection.

use super::link::{Connection, Link};
use super::{Client, Inner};
use crate::client::guard::Guard;
use crate::client::shared::{Attempts, Shared};
use crate::client::{ClientSchema, ConnectError, ConnectErrorKind, Options, socket};
use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

impl<S: ClientSchema> Client<S> {
    /// Connects to a Unix socket, with the default [`Options`]. See [`connect_unix_with`](Client::connect_unix_with).
    ///
    /// # Errors
    ///
    /// No server listens there, or the negotiation failed.
    pub fn connect_unix(path: impl AsRef<Path>) -> Result<Client<S>, ConnectError> {
        Client::connect_unix_with(path, &Options::new())
    }

    /// Connects to a Unix socket. On Linux, a path that begins with a NUL byte is an abstract name.
    ///
    /// A server that serves one client at a time, such as QEMU, may begin a session with the rest of an earlier
    /// client's: see [the module](crate::client#connecting-after-another-client).
    ///
    /// # Errors
    ///
    /// No server listens there, or the negotiation failed.
    pub fn connect_unix_with(path: impl AsRef<Path>, options: &Options) -> Result<Client<S>, ConnectError> {
        let path = path.as_ref();
        Client::attempt(socket::path_name(path), options, |_| {
            let socket = socket::connect(path)?;
            socket.set_nonblocking(false)?;
            Ok(socket.into())
        })
    }

    /// Connects over TCP, with the default [`Options`].
    ///
    /// # Errors
    ///
    /// No server listens there, or the negotiation failed.
    pub fn connect_tcp(address: impl ToSocketAddrs) -> Result<Client<S>, ConnectError> {
        Client::connect_tcp_with(address, &Options::new())
    }

    /// Connects over TCP.
    ///
    /// # Errors
    ///
    /// No server listens there, or the negotiation failed.
    pub fn connect_tcp_with(
        address: impl ToSocketAddrs,
        options: &Options,
    ) -> Result<Client<S>, ConnectError> {
        let addresses: Vec<SocketAddr> = address.to_socket_addrs()?.collect();
        Client::attempt(socket::address_name(&addresses), options, |left| {
            let socket = connect_to_any(&addresses, left)?;
            socket.set_nodelay(true)?;
            Ok(socket.into())
        })
    }

    /// Connects until a session begins that no earlier client has spoilt.
    fn attempt(
        name: Arc<str>,
        options: &Options,
        connect: impl Fn(Option<Duration>) -> io::Result<OwnedFd>,
    ) -> Result<Client<S>, ConnectError> {
        let mut attempts = Attempts::new(options.connect_timeout);
        loop {
            let left = attempts.left();
            let client = connect(left)
                .map_err(ConnectErrorKind::Io)
                .and_then(|socket| Client::negotiate(Link::socket(socket), Some(&name), options, left));
            let error = match client {
                Ok(client) => return Ok(client),
                Err(error) => error,
            };
            match attempts.pause_after(error) {
                Ok(pause) => thread::sleep(pause),
                Err(kind) => return Err(ConnectError::new(Some(name), kind)),
            }
        }
    }

    /// Creates a client on a connected Unix socket.
    ///
    /// ```no_run
    /// use qapi_runtime::client::{Options, Untyped, blocking::Client};
    /// use std::os::unix::net::UnixStream;
    /// use std::time::Duration;
    ///
    /// let options = Options::new().timeout(Duration::from_secs(10));
    /// let client = Client::<Untyped>::unix(UnixStream::connect("/run/vm/qmp.sock")?, &options)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The negotiation failed.
    pub fn unix(socket: UnixStream, options: &Options) -> Result<Client<S>, ConnectError> {
        Client::on(socket::peer_name(&socket), Link::socket(socket.into()), options)
    }

    /// Creates a client on a connected TCP socket.
    ///
    /// # Errors
    ///
    /// The negotiation failed.
    pub fn tcp(socket: TcpStream, options: &Options) -> Result<Client<S>, ConnectError> {
        // Requests are small and written whole, so Nagle's algorithm would only delay them.
        socket.set_nodelay(true)?;
        let name = socket.peer_addr().ok().map(|address| socket::address_name(&[address]));
        Client::on(name, Link::socket(socket.into()), options)
    }

    /// Creates a client on any byte stream, such as a serial device or the pipes of a child process.
    ///
    /// When the client is dropped, its reader thread stays until the stream ends, because nothing can interrupt the
    /// read.
    ///
    /// # Errors
    ///
    /// The negotiation failed.
    pub fn stream(
        reader: impl Read + Send + 'static,
        writer: impl Write + Send + 'static,
        options: &Options,
    ) -> Result<Client<S>, ConnectError> {
        Client::on(None, Link::stream(Box::new(reader), Box::new(writer)), options)
    }

    fn on(peer: Option<Arc<str>>, link: Link, options: &Options) -> Result<Client<S>, ConnectError> {
        let client = Client::negotiate(link, peer.as_ref(), options, options.connect_timeout);
        client.map_err(|kind| ConnectError::new(peer, kind))
    }

    fn negotiate(
        link: Link,
        peer: Option<&Arc<str>>,
        options: &Options,
        limit: Option<Duration>,
    ) -> Result<Client<S>, ConnectErrorKind> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let ready = Box::new(move |result| {
            // Fails when the caller has timed out.
            let _ = sender.send(result);
        });
        let shared = Shared::new(S::DIALECT, options, peer, ready);
        let connection = Connection::start(shared, link).map_err(ConnectErrorKind::Io)?;
        let (peer, capabilities) = (peer.cloned(), OnceLock::new());
        let inner = Inner { connection, peer, options: *options, capabilities };
        let client = Client { inner: Arc::new(inner), guard: Guard::default(), schema: PhantomData };
        let result = match limit {
            None => receiver.recv().map_err(|_| None),
            Some(limit) => receiver.recv_timeout(limit).map_err(|_| Some(limit)),
        };
        match result {
            Ok(Ok(())) => Ok(client),
            Ok(Err(reason)) => Err(ConnectErrorKind::Gone(reason)),
            Err(limit) => Err(ConnectErrorKind::Timeout(limit.unwrap_or_default())),
        }
    }
}

/// Connects to the first of these addresses that a server listens on.
fn connect_to_any(addresses: &[SocketAddr], limit: Option<Duration>) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::InvalidInput, "the name has no address");
    for address in addresses {
        let socket = match limit {
            None => TcpStream::connect(address),
            // Zero is no limit to the standard library.
            Some(limit) => TcpStream::connect_timeout(address, limit.max(Duration::from_millis(1))),
        };
        match socket {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(last)
}
