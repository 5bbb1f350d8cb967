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
use std::process::ExitStatus;
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
        Client::attempt_unix(path.as_ref(), options, || Ok(None))
    }

    /// Connects to the Unix socket of a process that was just started: waits until the process listens, for at most
    /// [`Options::connect_timeout`], and no longer than it runs. `ended` says whether it has ended.
    ///
    /// ```no_run
    /// use qapi_runtime::client::{Options, Untyped, blocking::Client};
    /// use std::process::Command;
    ///
    /// let mut qemu = Command::new("qemu-system-x86_64")
    ///     .args(["-machine", "none", "-qmp", "unix:qmp.sock,server=on,wait=off"])
    ///     .spawn()?;
    /// let client = Client::<Untyped>::connect_unix_while("qmp.sock", &Options::new(), || qemu.try_wait())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The process has ended ([`ConnectErrorKind::Ended`]), it did not listen in time, or the negotiation failed.
    pub fn connect_unix_while(
        path: impl AsRef<Path>,
        options: &Options,
        ended: impl FnMut() -> io::Result<Option<ExitStatus>>,
    ) -> Result<Client<S>, ConnectError> {
        Client::attempt_unix(path.as_ref(), &options.wait_for_server(true), ended)
    }

    fn attempt_unix(
        path: &Path,
        options: &Options,
        ended: impl FnMut() -> io::Result<Option<ExitStatus>>,
    ) -> Result<Client<S>, ConnectError> {
        let connect = |_| {
            let socket = socket::connect(path)?;
            socket.set_nonblocking(false)?;
            Ok(socket.into())
        };
        Client::attempt(socket::path_name(path), options, connect, ended)
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
        let connect = |left| {
            let socket = connect_to_any(&addresses, left)?;
            socket::prepare_tcp(&socket, options)?;
            Ok(socket.into())
        };
        Client::attempt(socket::address_name(&addresses), options, connect, || Ok(None))
    }

    /// Connects until a session begins that no earlier client has spoilt, or the server's process has ended.
    fn attempt(
        name: Arc<str>,
        options: &Options,
        connect: impl Fn(Option<Duration>) -> io::Result<OwnedFd>,
        mut ended: impl FnMut() -> io::Result<Option<ExitStatus>>,
    ) -> Result<Client<S>, ConnectError> {
        let mut attempts = Attempts::new(options);
        loop {
            let left = attempts.left();
            let client = connect(left)
                .map_err(ConnectErrorKind::Io)
                .and_then(|socket| Client::negotiate(Link::socket(socket), Some(&name), options, left));
            let error = match client {
                Ok(client) => return Ok(client),
                Err(error) => error,
            };
            let pause = match ended() {
                Ok(None) => attempts.pause_after(error),
                Ok(Some(status)) => Err(ConnectErrorKind::Ended(status)),
                Err(error) => Err(ConnectErrorKind::Io(error)),
            };
            match pause {
                Ok(pause) => thread::sleep(pause),
                Err(kind) => return Err(ConnectError::new(Some(name), kind)),
            }
        }
    }

    /// Creates a client on a connected Unix socket. A descriptor that was inherited or passed becomes one by
    /// `UnixStream::from(OwnedFd)`.
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
        socket::prepare_tcp(&socket, options)?;
        let name = socket.peer_addr().ok().map(|address| socket::address_name(&[address]));
        Client::on(name, Link::socket(socket.into()), options)
    }

    /// Creates a client on any byte stream, such as a serial device or the pipes of a child process.
    ///
    /// A socket of a family that the standard library lacks is such a stream, for instance `vsock`, by which a client
    /// reaches the guest agent of a virtual machine:
    ///
    /// ```ignore
    /// // With the crate `vsock`.
    /// let stream = vsock::VsockStream::connect_with_cid_port(3, 1234)?;
    /// let client = Client::<qga::Schema>::stream(stream.try_clone()?, stream, &Options::new())?;
    /// ```
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
