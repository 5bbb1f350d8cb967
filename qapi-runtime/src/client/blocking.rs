//! A client on standard threads.
//!
//! Each connection has a thread that reads; the calling thread writes and waits for the reply. A client can be cloned
//! and used from many threads at once.

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
use super::protocol::Cancelled;
use super::retry::{Retries, Retry};
use super::shared::{Answer, Answered, SILENCE, capabilities_request, decode_answer, timed_out};
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
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// A connection to a server of the schema `S`. Clones share the connection, which ends when the last one is dropped.
pub struct Client<S> {
    inner: Arc<Inner>,
    guard: Guard,
    schema: PhantomData<fn() -> S>,
}

struct Inner {
    connection: Arc<Connection>,
    /// How errors name the server.
    peer: Option<Arc<str>>,
    options: Options,
    capabilities: OnceLock<Capabilities>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.connection.close(GoneReason::Local);
    }
}

impl<S: ClientSchema> Client<S> {
    /// Executes a command and waits for its result.
    ///
    /// [`Options::timeout`] limits the call, or [`with_timeout`](Client::with_timeout). When the limit passes, the
    /// call is cancelled: a command that was not sent yet never is; otherwise it goes on in the server, and its reply is
    /// discarded.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn execute<C: CommandOf<S>>(&self, command: C) -> Result<C::Ok, CommandError> {
        self.call().execute(command)
    }

    /// Executes a command out-of-band, ahead of queued commands. Out-of-band execution must have been negotiated, and
    /// the command must allow it. Its limit and its cancellation are those of [`execute`](Client::execute).
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn execute_oob<C: CommandOf<S>>(&self, command: C) -> Result<C::Ok, CommandError> {
        self.call().execute_oob(command)
    }

    /// Executes a command by name, for commands that are not in the schema. `arguments` is an object, or null. Its limit
    /// and its cancellation are those of [`execute`](Client::execute).
    ///
    /// ```no_run
    /// # fn show(client: &qapi_runtime::client::blocking::Client<qapi_runtime::client::Untyped>)
    /// #     -> Result<(), qapi_runtime::client::CommandError> {
    /// let kind = client.execute_raw("qom-get", serde_json::json!({ "path": "/machine", "property": "type" }))?;
    /// # let _ = kind; Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn execute_raw(&self, name: &str, arguments: Any) -> Result<Any, CommandError> {
        self.call().execute_raw(name, arguments)
    }

    /// What the server supports. Asks the server once and keeps the answer. A call that is cancelled, as for
    /// [`execute`](Client::execute), leaves the question to the next one.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn capabilities(&self) -> Result<&Capabilities, CommandError> {
        let cell = &self.inner.capabilities;
        if cell.get().is_none() {
            let (name, request) = capabilities_request(S::DIALECT);
            let Answer(capabilities) = self.unlimited().call().run(name, request)?;
            // Another thread may have set the same answer first.
            let _ = cell.set(capabilities.of_schema(S::ENUMERATIONS));
        }
        Ok(cell.get_or_init(Capabilities::default))
    }

    /// Whether the server has this command, by its [`capabilities`](Client::capabilities).
    /// [`Capabilities::supports`] also judges its arguments.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn has<C: CommandOf<S>>(&self) -> Result<bool, CommandError> {
        Ok(self.capabilities()?.has::<C>())
    }
}

common::client!();

impl<S: ClientSchema> Call<'_, S> {
    /// Executes a command, see [`Client::execute`].
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn execute<C: CommandOf<S>>(self, command: C) -> Result<C::Ok, CommandError> {
        self.run(C::NAME, Request::new(&command))
    }

    /// Executes a command out-of-band, see [`Client::execute_oob`].
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn execute_oob<C: CommandOf<S>>(self, command: C) -> Result<C::Ok, CommandError> {
        self.run(C::NAME, Request::new(&command).map(|request| request.out_of_band(true)))
    }

    /// Executes a command by name, see [`Client::execute_raw`].
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn execute_raw(self, name: &str, arguments: Any) -> Result<Any, CommandError> {
        self.run(name, Request::raw(name, &arguments))
    }

    fn run<T: Decode + Send + 'static>(
        self,
        name: &str,
        request: EncodeResult<Request>,
    ) -> Result<T, CommandError> {
        let peer = self.client.inner.peer.as_ref();
        self.attempt(request).map_err(|kind| CommandError::new(name, peer, kind))
    }

    /// Sends the command, once or as often as the policy says.
    fn attempt<T: Decode + Send + 'static>(
        self,
        request: EncodeResult<Request>,
    ) -> Result<T, CommandErrorKind> {
        let Call { client, timeout, files, retry } = self;
        let files = files.map_err(|error| CommandErrorKind::Arguments(crate::Error::generic(error)))?;
        let mut request = request.map_err(CommandErrorKind::Arguments)?;
        request.files.extend(files);
        client.guard.check(request.name())?;
        let Some(retry) = retry else { return client.answer(request, timeout) };
        let mut retries = Retries::new(retry, request, timeout, Instant::now())?;
        loop {
            let (request, limit) = retries.attempt(Instant::now());
            match client.answer(request, limit) {
                Ok(value) => return Ok(value),
                Err(failure) => {
                    let pause = retries.pause_after(failure, Instant::now())?;
                    thread::sleep(pause);
                }
            }
        }
    }
}

impl<S> Client<S> {
    fn answer<T: Decode + Send + 'static>(
        &self,
        request: Request,
        limit: Option<Duration>,
    ) -> Result<T, CommandErrorKind> {
        let connection = &self.inner.connection;
        if !request.files.is_empty() && !connection.carries_files() {
            let error = io::Error::new(io::ErrorKind::Unsupported, "only Unix sockets carry descriptors");
            return Err(CommandErrorKind::Arguments(crate::Error::generic(error)));
        }
        let limit = limit.or(request.silent.then_some(SILENCE));
        let (sender, receiver) = mpsc::sync_channel(1);
        let completion = Box::new(move |answer: Answered<'_>| {
            // Fails when the caller has timed out.
            let _ = sender.send(decode_answer::<T>(answer));
        });
        let id = connection.shared.start(request, completion)?;
        connection.flush();
        let Some(limit) = limit else {
            return receiver.recv().unwrap_or(Err(CommandErrorKind::Timeout(Duration::MAX)));
        };
        match receiver.recv_timeout(limit) {
            Ok(result) => result,
            Err(_) => match connection.shared.cancel(id) {
                // The reply arrived after the timeout and before the cancellation.
                Cancelled::Over => receiver.try_recv().unwrap_or(Err(CommandErrorKind::Timeout(limit))),
                was => timed_out(was, limit),
            },
        }
    }
}
