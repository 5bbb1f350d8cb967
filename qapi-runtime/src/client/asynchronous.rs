//! A client on tokio.
//!
//! Two tasks of its own read and write. A client may be cloned and used from many tasks at once; every future may be
//! dropped at any time: a call that is dropped is forgotten, and disturbs no other.

mod events;
mod link;

pub use events::Events;

use super::common;
use super::protocol::{CallId, Cancelled};
use super::shared::{Answer, Answered, SILENCE, Shared, capabilities_request, decode_answer, timed_out};
use super::{
    Capabilities, ClientSchema, CommandError, ConnectError, GoneReason, Greeting, Options, Request, Speaks,
};
use crate::{Any, Command, Decode, File, Result as EncodeResult};
use ::tokio::io::{AsyncRead, AsyncWrite};
use ::tokio::net::{TcpStream, ToSocketAddrs, UnixStream};
use ::tokio::sync::{OnceCell, oneshot};
use ::tokio::time::timeout;
use link::{Connection, Sink};
use std::fmt;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A connection to a server of the schema `S`. Clones use the same connection, which ends with the last of them.
pub struct Client<S> {
    inner: Arc<Inner>,
    schema: PhantomData<fn() -> S>,
}

struct Inner {
    connection: Connection,
    options: Options,
    capabilities: OnceCell<Capabilities>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.connection.close(GoneReason::Local);
    }
}

impl<S: ClientSchema> Client<S> {
    /// Connects to a Unix socket.
    ///
    /// # Errors
    ///
    /// There is no server, or it did not become ready.
    pub async fn connect_unix(path: impl AsRef<Path>) -> Result<Client<S>, ConnectError> {
        Client::unix(UnixStream::connect(path).await?, &Options::new()).await
    }

    /// Connects over TCP.
    ///
    /// # Errors
    ///
    /// There is no server, or it did not become ready.
    pub async fn connect_tcp(address: impl ToSocketAddrs) -> Result<Client<S>, ConnectError> {
        Client::tcp(TcpStream::connect(address).await?, &Options::new()).await
    }

    /// A client on a Unix socket that is connected.
    ///
    /// # Errors
    ///
    /// The server did not become ready.
    pub async fn unix(socket: UnixStream, options: &Options) -> Result<Client<S>, ConnectError> {
        let (reader, writer) = socket.into_split();
        Client::on(reader, Sink::Unix(writer), options).await
    }

    /// A client on a TCP socket that is connected.
    ///
    /// # Errors
    ///
    /// The server did not become ready.
    pub async fn tcp(socket: TcpStream, options: &Options) -> Result<Client<S>, ConnectError> {
        // Requests are small, and the next one may wait for the reply.
        socket.set_nodelay(true)?;
        let (reader, writer) = socket.into_split();
        Client::on(reader, Sink::Tcp(writer), options).await
    }

    /// A client on any stream of bytes.
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
    /// The server did not become ready.
    pub async fn stream(
        stream: impl AsyncRead + AsyncWrite + Send + 'static,
        options: &Options,
    ) -> Result<Client<S>, ConnectError> {
        let (reader, writer) = ::tokio::io::split(stream);
        Client::on(reader, Sink::Stream(Box::new(writer)), options).await
    }

    async fn on(
        reader: impl AsyncRead + Unpin + Send + 'static,
        sink: Sink,
        options: &Options,
    ) -> Result<Client<S>, ConnectError> {
        let (sender, receiver) = oneshot::channel();
        let ready = Box::new(move |result| {
            // The caller no longer waits when it took too long.
            let _ = sender.send(result);
        });
        let shared = Shared::new(S::DIALECT, options, ready);
        let connection = Connection::start(shared, reader, sink);
        let inner = Inner { connection, options: *options, capabilities: OnceCell::new() };
        let client = Client { inner: Arc::new(inner), schema: PhantomData };
        let result = match options.connect_timeout {
            None => receiver.await.map_err(|_| Duration::MAX),
            Some(limit) => match timeout(limit, receiver).await {
                Ok(Ok(result)) => Ok(result),
                _ => Err(limit),
            },
        };
        match result {
            Ok(Ok(())) => Ok(client),
            Ok(Err(reason)) => Err(ConnectError::Gone(reason)),
            Err(limit) => Err(ConnectError::Timeout(limit)),
        }
    }

    /// Executes a command and waits for what it returns.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute<C>(&self, command: C) -> Result<C::Ok, CommandError>
    where
        C: Command,
        S: Speaks<C::Protocol>,
    {
        self.call().execute(command).await
    }

    /// Executes a command ahead of those that wait, where the server offers that and the command allows it.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute_oob<C>(&self, command: C) -> Result<C::Ok, CommandError>
    where
        C: Command,
        S: Speaks<C::Protocol>,
    {
        self.call().execute_oob(command).await
    }

    /// Executes a command that the schema may not have. `arguments` is an object, or null.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute_raw(&self, name: &str, arguments: Any) -> Result<Any, CommandError> {
        self.call().execute_raw(name, arguments).await
    }

    /// What the server has, asked once.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn capabilities(&self) -> Result<&Capabilities, CommandError> {
        let ask = || async {
            let Answer(capabilities) = self.call().run(capabilities_request(S::DIALECT)).await?;
            Ok(capabilities.of_schema(S::ENUMERATIONS))
        };
        self.inner.capabilities.get_or_try_init(ask).await
    }

    /// Whether the server has this command.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn supports<C>(&self) -> Result<bool, CommandError>
    where
        C: Command,
        S: Speaks<C::Protocol>,
    {
        Ok(self.capabilities().await?.supports::<C>())
    }
}

common::client!();

impl<S: ClientSchema> Call<'_, S> {
    /// Executes a command, see [`Client::execute`].
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute<C>(self, command: C) -> Result<C::Ok, CommandError>
    where
        C: Command,
        S: Speaks<C::Protocol>,
    {
        let request = Request::new(&command);
        drop(command);
        self.run(request).await
    }

    /// Executes a command out-of-band, see [`Client::execute_oob`].
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute_oob<C>(self, command: C) -> Result<C::Ok, CommandError>
    where
        C: Command,
        S: Speaks<C::Protocol>,
    {
        let request = Request::new(&command).map(|request| request.out_of_band(true));
        drop(command);
        self.run(request).await
    }

    /// Executes a command by name, see [`Client::execute_raw`].
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute_raw(self, name: &str, arguments: Any) -> Result<Any, CommandError> {
        self.run(Request::raw(name, &arguments)).await
    }

    async fn run<T: Decode + Send + 'static>(
        self,
        request: EncodeResult<Request>,
    ) -> Result<T, CommandError> {
        let request = request.map_err(CommandError::Arguments)?.files(self.files);
        let connection = &self.client.inner.connection;
        if !request.files.is_empty() && !connection.carries_files {
            let error = crate::Error::generic("only Unix sockets carry descriptors");
            return Err(CommandError::Arguments(error));
        }
        let limit = self.timeout.or(request.silent.then_some(SILENCE));
        let (sender, mut receiver) = oneshot::channel();
        let completion = Box::new(move |answer: Answered<'_>| {
            // The caller no longer waits when the call was dropped.
            let _ = sender.send(decode_answer::<T>(answer));
        });
        let id = connection.shared.start(request, completion)?;
        connection.flush();
        let mut forget = Forget { shared: &connection.shared, id: Some(id) };
        let result = match limit {
            None => (&mut receiver).await.map_err(|_| Duration::MAX),
            Some(limit) => match timeout(limit, &mut receiver).await {
                Ok(Ok(result)) => Ok(result),
                _ => Err(limit),
            },
        };
        match result {
            Ok(result) => {
                forget.id = None;
                result
            }
            Err(limit) => match forget.now() {
                // It came in this moment.
                Cancelled::Over => receiver.try_recv().unwrap_or(Err(CommandError::Timeout(limit))),
                was => timed_out(was, limit),
            },
        }
    }
}

/// Forgets a call when it is dropped before it is over.
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
