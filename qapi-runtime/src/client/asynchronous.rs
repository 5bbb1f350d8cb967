//! A client on tokio.
//!
//! Each connection has two tasks, which read and write. A client can be cloned and used from many tasks at once. Every
//! future can be dropped at any time: that cancels its call and affects no other.

mod events;
mod link;
mod waits;

pub use events::Events;

use super::protocol::{CallId, Cancelled};
use super::shared::{
    Answer, Answered, Attempts, SILENCE, Shared, capabilities_request, decode_answer, timed_out,
};
use super::{
    Capabilities, ClientSchema, CommandError, CommandErrorKind, CommandOf, ConnectError, ConnectErrorKind,
    GoneReason, Greeting, Options, Request,
};
use super::{common, socket};
use crate::{Any, Decode, File, Result as EncodeResult};
use ::tokio::io::{AsyncRead, AsyncWrite};
use ::tokio::net::{TcpStream, ToSocketAddrs, UnixStream, lookup_host};
use ::tokio::sync::{OnceCell, oneshot};
use ::tokio::time::{sleep, timeout};
use link::{Connection, Sink};
use std::fmt;
use std::future::ready;
use std::io;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A connection to a server of the schema `S`. Clones share the connection, which ends when the last one is dropped.
pub struct Client<S> {
    inner: Arc<Inner>,
    schema: PhantomData<fn() -> S>,
}

struct Inner {
    connection: Connection,
    /// How errors name the server.
    peer: Option<Arc<str>>,
    options: Options,
    capabilities: OnceCell<Capabilities>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.connection.close(GoneReason::Local);
    }
}

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
        let path = path.as_ref();
        let connect = || {
            let socket = socket::connect(path).and_then(UnixStream::from_std);
            ready(socket.map(|socket| {
                let (reader, writer) = socket.into_split();
                (reader, Sink::Unix(writer))
            }))
        };
        Client::attempt(socket::path_name(path), options, connect).await
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
        let connect = || {
            // A future that borrows from its closure would not be `Send`.
            let addresses = addresses.clone();
            async move {
                let socket = TcpStream::connect(&addresses[..]).await?;
                socket.set_nodelay(true)?;
                let (reader, writer) = socket.into_split();
                Ok((reader, Sink::Tcp(writer)))
            }
        };
        Client::attempt(socket::address_name(&addresses), options, connect).await
    }

    /// Connects until a session begins that no earlier client has spoilt.
    async fn attempt<R, F>(
        name: Arc<str>,
        options: &Options,
        connect: impl Fn() -> F,
    ) -> Result<Client<S>, ConnectError>
    where
        R: AsyncRead + Unpin + Send + 'static,
        F: Future<Output = io::Result<(R, Sink)>>,
    {
        let mut attempts = Attempts::new(options.connect_timeout);
        loop {
            let left = attempts.left();
            let client = match within(left, connect()).await {
                Ok(Ok((reader, sink))) => {
                    Client::start(reader, sink, Some(&name), options, attempts.left()).await
                }
                Ok(Err(error)) => Err(ConnectErrorKind::Io(error)),
                Err(limit) => Err(ConnectErrorKind::Timeout(limit)),
            };
            let error = match client {
                Ok(client) => return Ok(client),
                Err(error) => error,
            };
            match attempts.pause_after(error) {
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
        // Requests are small and written whole, so Nagle's algorithm would only delay them.
        socket.set_nodelay(true)?;
        let name = socket.peer_addr().ok().map(|address| socket::address_name(&[address]));
        let (reader, writer) = socket.into_split();
        Client::on(name, reader, Sink::Tcp(writer), options).await
    }

    /// Creates a client on any byte stream.
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
        let (reader, writer) = ::tokio::io::split(stream);
        Client::on(None, reader, Sink::Stream(Box::new(writer)), options).await
    }

    async fn on(
        peer: Option<Arc<str>>,
        reader: impl AsyncRead + Unpin + Send + 'static,
        sink: Sink,
        options: &Options,
    ) -> Result<Client<S>, ConnectError> {
        let client = Client::start(reader, sink, peer.as_ref(), options, options.connect_timeout).await;
        client.map_err(|kind| ConnectError::new(peer, kind))
    }

    async fn start(
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
        let shared = Shared::new(S::DIALECT, options, ready);
        let connection = Connection::start(shared, reader, sink);
        let (peer, capabilities) = (peer.cloned(), OnceCell::new());
        let inner = Inner { connection, peer, options: *options, capabilities };
        let client = Client { inner: Arc::new(inner), schema: PhantomData };
        match within(limit, receiver).await {
            Ok(Ok(Ok(()))) => Ok(client),
            Ok(Ok(Err(reason))) => Err(ConnectErrorKind::Gone(reason)),
            // The sender is dropped with the connection's tasks, at the end of the runtime.
            Ok(Err(_)) => Err(ConnectErrorKind::Timeout(Duration::MAX)),
            Err(limit) => Err(ConnectErrorKind::Timeout(limit)),
        }
    }

    /// Executes a command and waits for its result.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute<C: CommandOf<S>>(&self, command: C) -> Result<C::Ok, CommandError> {
        self.call().execute(command).await
    }

    /// Executes a command out-of-band, ahead of queued commands. Out-of-band execution must have been negotiated, and
    /// the command must allow it.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute_oob<C: CommandOf<S>>(&self, command: C) -> Result<C::Ok, CommandError> {
        self.call().execute_oob(command).await
    }

    /// Executes a command by name, for commands that are not in the schema. `arguments` is an object, or null.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute_raw(&self, name: &str, arguments: Any) -> Result<Any, CommandError> {
        self.call().execute_raw(name, arguments).await
    }

    /// What the server supports. Asks the server once and keeps the answer.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn capabilities(&self) -> Result<&Capabilities, CommandError> {
        let ask = || async {
            let (name, request) = capabilities_request(S::DIALECT);
            let Answer(capabilities) = self.call().run(name, request).await?;
            Ok(capabilities.of_schema(S::ENUMERATIONS))
        };
        self.inner.capabilities.get_or_try_init(ask).await
    }

    /// Whether the server supports this command.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn supports<C: CommandOf<S>>(&self) -> Result<bool, CommandError> {
        Ok(self.capabilities().await?.supports::<C>())
    }
}

/// Waits for a future, for at most `limit`. The limit is the error.
async fn within<T>(limit: Option<Duration>, future: impl Future<Output = T>) -> Result<T, Duration> {
    match limit {
        None => Ok(future.await),
        Some(limit) => timeout(limit, future).await.map_err(|_| limit),
    }
}

common::client!();

impl<S: ClientSchema> Call<'_, S> {
    /// Executes a command, see [`Client::execute`].
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute<C: CommandOf<S>>(self, command: C) -> Result<C::Ok, CommandError> {
        let request = Request::new(&command);
        drop(command);
        self.run(C::NAME, request).await
    }

    /// Executes a command out-of-band, see [`Client::execute_oob`].
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute_oob<C: CommandOf<S>>(self, command: C) -> Result<C::Ok, CommandError> {
        let request = Request::new(&command).map(|request| request.out_of_band(true));
        drop(command);
        self.run(C::NAME, request).await
    }

    /// Executes a command by name, see [`Client::execute_raw`].
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute_raw(self, name: &str, arguments: Any) -> Result<Any, CommandError> {
        self.run(name, Request::raw(name, &arguments)).await
    }

    async fn run<T: Decode + Send + 'static>(
        self,
        name: &str,
        request: EncodeResult<Request>,
    ) -> Result<T, CommandError> {
        let peer = self.client.inner.peer.as_ref();
        self.answer(request).await.map_err(|kind| CommandError::new(name, peer, kind))
    }

    async fn answer<T: Decode + Send + 'static>(
        self,
        request: EncodeResult<Request>,
    ) -> Result<T, CommandErrorKind> {
        let request = request.map_err(CommandErrorKind::Arguments)?.files(self.files);
        let connection = &self.client.inner.connection;
        if !request.files.is_empty() && !connection.carries_files {
            let error = crate::Error::generic("only Unix sockets carry descriptors");
            return Err(CommandErrorKind::Arguments(error));
        }
        let limit = self.timeout.or(request.silent.then_some(SILENCE));
        let (sender, mut receiver) = oneshot::channel();
        let completion = Box::new(move |answer: Answered<'_>| {
            // Fails when the call was dropped.
            let _ = sender.send(decode_answer::<T>(answer));
        });
        let id = connection.shared.start(request, completion)?;
        connection.flush();
        let mut forget = Forget { shared: &connection.shared, id: Some(id) };
        let result = match within(limit, &mut receiver).await {
            Ok(result) => result.map_err(|_| Duration::MAX),
            Err(limit) => Err(limit),
        };
        match result {
            Ok(result) => {
                forget.id = None;
                result
            }
            Err(limit) => match forget.now() {
                // The reply arrived after the timeout and before the cancellation.
                Cancelled::Over => receiver.try_recv().unwrap_or(Err(CommandErrorKind::Timeout(limit))),
                was => timed_out(was, limit),
            },
        }
    }
}

/// Cancels a call when its future is dropped before it has ended.
struct Forget<'s> {
    shared: &'s Shared,
    id: Option<CallId>,
}

impl Forget<'_> {
    fn now(&mut self) -> Cancelled {
        self.id.take().map_or(Cancelled::Over, |id| self.shared.cancel(id))
    }
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.now();
    }
}
