//! Connects, and creates a client on a connection.

use super::link::{Connection, Sink};
use super::{Client, Inner, within};
use crate::client::guard::Guard;
use crate::client::shared::{Attempts, Shared};
use crate::client::{ClientSchema, ConnectError, ConnectErrorKind, Options, socket};
use std::future::ready;
use std::io;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, ToSocketAddrs, UnixStream, lookup_host};
use tokio::sync::{OnceCell, oneshot};
use tokio::time::sleep;

impl<S: ClientSchema> Client<S> {
    /// Connects to a Unix socket, with the default [`Options`]. See [`connect_unix_with`](Client::connect_unix_with).
    ///
    /// # Errors
    ///
    /// No server listens there, or the negotiation failed.
    pub async fn connect_unix(path: impl AsRef<Path>) -> Result<Client<S>, ConnectError> {
        Client::connect_unix_with(path, &Options::new()).await
    }

    /// Connects to a Unix socket. On Linux, a path that begins with a NUL byte is an abstract name.
    ///
    /// A server that serves one client at a time, such as QEMU, may begin a session with the rest of an earlier
    /// client's: see [the module](crate::client#connecting-after-another-client).
    ///
    /// # Errors
    ///
    /// No server listens there, or the negotiation failed.
    pub async fn connect_unix_with(
        path: impl AsRef<Path>,
        options: &Options,
    ) -> Result<Client<S>, ConnectError> {
        Client::attempt_unix(path.as_ref(), options, || Ok(None)).await
    }

    /// Connects to the Unix socket of a process that was just started: waits until the process listens, for at most
    /// [`Options::connect_timeout`], and no longer than it runs. `ended` says whether it has ended, as `try_wait` of a
    /// child does, tokio's or that of the standard library.
    ///
    /// # Errors
    ///
    /// The process has ended ([`ConnectErrorKind::Ended`]), it did not listen in time, or the negotiation failed.
    pub async fn connect_unix_while(
        path: impl AsRef<Path>,
        options: &Options,
        ended: impl FnMut() -> io::Result<Option<ExitStatus>>,
    ) -> Result<Client<S>, ConnectError> {
        Client::attempt_unix(path.as_ref(), &options.wait_for_server(true), ended).await
    }

    async fn attempt_unix(
        path: &Path,
        options: &Options,
        ended: impl FnMut() -> io::Result<Option<ExitStatus>>,
    ) -> Result<Client<S>, ConnectError> {
        let connect = || {
            let socket = socket::connect(path).and_then(UnixStream::from_std);
            ready(socket.map(|socket| {
                let (reader, writer) = socket.into_split();
                (reader, Sink::Unix(writer))
            }))
        };
        Client::attempt(socket::path_name(path), options, connect, ended).await
    }

    /// Connects over TCP, with the default [`Options`].
    ///
    /// # Errors
    ///
    /// No server listens there, or the negotiation failed.
    pub async fn connect_tcp(address: impl ToSocketAddrs) -> Result<Client<S>, ConnectError> {
        Client::connect_tcp_with(address, &Options::new()).await
    }

    /// Connects over TCP.
    ///
    /// # Errors
    ///
    /// No server listens there, or the negotiation failed.
    pub async fn connect_tcp_with(
        address: impl ToSocketAddrs,
        options: &Options,
    ) -> Result<Client<S>, ConnectError> {
        let addresses: Vec<SocketAddr> = lookup_host(address).await?.collect();
        let options = *options;
        let connect = || {
            // A future that borrows from its closure would not be `Send`.
            let addresses = addresses.clone();
            async move {
                let socket = TcpStream::connect(&addresses[..]).await?;
                socket::prepare_tcp(&socket, &options)?;
                let (reader, writer) = socket.into_split();
                Ok((reader, Sink::Tcp(writer)))
            }
        };
        Client::attempt(socket::address_name(&addresses), &options, connect, || Ok(None)).await
    }

    /// Connects until a session begins that no earlier client has spoilt, or the server's process has ended.
    async fn attempt<R, F>(
        name: Arc<str>,
        options: &Options,
        connect: impl Fn() -> F,
        mut ended: impl FnMut() -> io::Result<Option<ExitStatus>>,
    ) -> Result<Client<S>, ConnectError>
    where
        R: AsyncRead + Unpin + Send + 'static,
        F: Future<Output = io::Result<(R, Sink)>>,
    {
        let mut attempts = Attempts::new(options);
        loop {
            let left = attempts.left();
            let client = match within(left, connect()).await {
                Ok(Ok((reader, sink))) => {
                    Client::negotiate(reader, sink, Some(&name), options, attempts.left()).await
                }
                Ok(Err(error)) => Err(ConnectErrorKind::Io(error)),
                Err(limit) => Err(ConnectErrorKind::Timeout(limit)),
            };
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
                Ok(pause) => sleep(pause).await,
                Err(kind) => return Err(ConnectError::new(Some(name), kind)),
            }
        }
    }

    /// Creates a client on a connected Unix socket.
    ///
    /// # Errors
    ///
    /// The negotiation failed.
    pub async fn unix(socket: UnixStream, options: &Options) -> Result<Client<S>, ConnectError> {
        let name = socket::peer_name(&socket);
        let (reader, writer) = socket.into_split();
        Client::on(name, reader, Sink::Unix(writer), options).await
    }

    /// Creates a client on a connected TCP socket.
    ///
    /// # Errors
    ///
    /// The negotiation failed.
    pub async fn tcp(socket: TcpStream, options: &Options) -> Result<Client<S>, ConnectError> {
        socket::prepare_tcp(&socket, options)?;
        let name = socket.peer_addr().ok().map(|address| socket::address_name(&[address]));
        let (reader, writer) = socket.into_split();
        Client::on(name, reader, Sink::Tcp(writer), options).await
    }

    /// Creates a client on any byte stream. A socket of a family that tokio lacks is one, for instance `vsock`, by which a
    /// client reaches the guest agent of a virtual machine:
    ///
    /// ```ignore
    /// // With the crate `tokio-vsock`.
    /// let stream = VsockStream::connect(VsockAddr::new(3, 1234)).await?;
    /// let client = Client::<qga::Schema>::stream(stream, &Options::new()).await?;
    /// ```
    ///
    /// ```no_run
    /// # async fn show() -> Result<(), Box<dyn std::error::Error>> {
    /// use qapi_runtime::client::{Options, Untyped};
    /// use qapi_runtime::client::asynchronous::Client;
    ///
    /// let (near, far) = tokio::io::duplex(4096);
    /// # let _ = far;
    /// let client = Client::<Untyped>::stream(near, &Options::new()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The negotiation failed.
    pub async fn stream(
        stream: impl AsyncRead + AsyncWrite + Send + 'static,
        options: &Options,
    ) -> Result<Client<S>, ConnectError> {
        let (reader, writer) = tokio::io::split(stream);
        Client::on(None, reader, Sink::Stream(Box::new(writer)), options).await
    }

    async fn on(
        peer: Option<Arc<str>>,
        reader: impl AsyncRead + Unpin + Send + 'static,
        sink: Sink,
        options: &Options,
    ) -> Result<Client<S>, ConnectError> {
        let client = Client::negotiate(reader, sink, peer.as_ref(), options, options.connect_timeout).await;
        client.map_err(|kind| ConnectError::new(peer, kind))
    }

    async fn negotiate(
        reader: impl AsyncRead + Unpin + Send + 'static,
        sink: Sink,
        peer: Option<&Arc<str>>,
        options: &Options,
        limit: Option<Duration>,
    ) -> Result<Client<S>, ConnectErrorKind> {
        let (sender, receiver) = oneshot::channel();
        let ready = Box::new(move |result| {
            // Fails when the caller has timed out.
            let _ = sender.send(result);
        });
        let shared = Shared::new(S::DIALECT, options, peer, ready);
        let connection = Connection::start(shared, reader, sink);
        let (peer, capabilities) = (peer.cloned(), OnceCell::new());
        let inner = Inner { connection, peer, options: *options, capabilities };
        let client = Client { inner: Arc::new(inner), guard: Guard::default(), schema: PhantomData };
        match within(limit, receiver).await {
            Ok(Ok(Ok(()))) => Ok(client),
            Ok(Ok(Err(reason))) => Err(ConnectErrorKind::Gone(reason)),
            // The sender is dropped with the connection's tasks, at the end of the runtime.
            Ok(Err(_)) => Err(ConnectErrorKind::Timeout(Duration::MAX)),
            Err(limit) => Err(ConnectErrorKind::Timeout(limit)),
        }
    }
}
