//! A client on tokio.
//!
//! Each connection has two tasks, which read and write. A client can be cloned and used from many tasks at once. Every
//! future can be dropped at any time: that cancels its call and affects no other.

mod connect;
mod events;
mod healing;
mod link;
mod operations;
mod process;
mod waits;

pub use events::Events;
pub use healing::{Healing, HealingEvents};
pub use operations::Running;
pub use process::Process;

use super::guard::Guard;
use super::protocol::{CallId, Cancelled};
use super::retry::{Retries, Retry};
use super::shared::{Answer, Answered, SILENCE, Shared, capabilities_request, decode_answer, timed_out};
use super::{
    Capabilities, ClientSchema, CommandError, CommandErrorKind, CommandOf, GoneReason, Greeting, Options,
    Request, common,
};
use crate::access::{Access, AccessError};
use crate::{Any, Decode, File, Result as EncodeResult};
use link::Connection;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OnceCell, oneshot};
use tokio::time::{sleep, timeout};

/// A connection to a server of the schema `S`. Clones share the connection, which ends when the last one is dropped.
pub struct Client<S> {
    inner: Arc<Inner>,
    guard: Guard,
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
    /// Executes a command and waits for its result.
    ///
    /// [`Options::timeout`] limits the call, or [`with_timeout`](Client::with_timeout). When the limit passes or the future is dropped, the
    /// call is cancelled: a command that was not sent yet never is; otherwise it goes on in the server, and its reply is
    /// discarded.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute<C: CommandOf<S>>(&self, command: C) -> Result<C::Ok, CommandError> {
        self.call().execute(command).await
    }

    /// Executes a command out-of-band, ahead of queued commands. Out-of-band execution must have been negotiated, and
    /// the command must allow it. Its limit and its cancellation are those of [`execute`](Client::execute).
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute_oob<C: CommandOf<S>>(&self, command: C) -> Result<C::Ok, CommandError> {
        self.call().execute_oob(command).await
    }

    /// Executes a command by name, for commands that are not in the schema. `arguments` is an object, or null. Its limit
    /// and its cancellation are those of [`execute`](Client::execute).
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute_raw(&self, name: &str, arguments: Any) -> Result<Any, CommandError> {
        self.call().execute_raw(name, arguments).await
    }

    /// What the server supports. Asks the server once and keeps the answer. A call that is cancelled, as for
    /// [`execute`](Client::execute), leaves the question to the next one.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn capabilities(&self) -> Result<&Capabilities, CommandError> {
        let ask = || async {
            let (name, request) = capabilities_request(S::DIALECT);
            let Answer(capabilities) = self.unlimited().call().run(name, request).await?;
            Ok(capabilities.of_schema(S::ENUMERATIONS))
        };
        self.inner.capabilities.get_or_try_init(ask).await
    }

    /// Whether the server has this command, by its [`capabilities`](Client::capabilities).
    /// [`Capabilities::supports`] also judges its arguments.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn has<C: CommandOf<S>>(&self) -> Result<bool, CommandError> {
        Ok(self.capabilities().await?.has::<C>())
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
        self.attempt(request).await.map_err(|kind| CommandError::new(name, peer, kind))
    }

    /// Sends the command, once or as often as the policy says.
    async fn attempt<T: Decode + Send + 'static>(
        self,
        request: EncodeResult<Request>,
    ) -> Result<T, CommandErrorKind> {
        let Call { client, timeout, files, retry } = self;
        let files = files.map_err(|error| CommandErrorKind::Arguments(crate::Error::generic(error)))?;
        let mut request = request.map_err(CommandErrorKind::Arguments)?;
        request.files.extend(files);
        client.guard.check(request.name())?;
        let Some(retry) = retry else { return client.answer(request, timeout).await };
        let mut retries = Retries::new(retry, request, timeout, Instant::now())?;
        loop {
            let (request, limit) = retries.attempt(Instant::now());
            match client.answer(request, limit).await {
                Ok(value) => return Ok(value),
                Err(failure) => {
                    let pause = retries.pause_after(failure, Instant::now())?;
                    sleep(pause).await;
                }
            }
        }
    }
}

impl<S> Client<S> {
    async fn answer<T: Decode + Send + 'static>(
        &self,
        request: Request,
        limit: Option<Duration>,
    ) -> Result<T, CommandErrorKind> {
        let connection = &self.inner.connection;
        if !request.files.is_empty() && !connection.carries_files {
            let error = crate::Error::generic("only Unix sockets carry descriptors");
            return Err(CommandErrorKind::Arguments(error));
        }
        let limit = limit.or(request.silent.then_some(SILENCE));
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
