//! A client whose connection heals, by a thread that connects again.

use super::operations::start;
use super::{Client, Running};
use crate::Any;
use crate::access::{Access, AccessError};
use crate::client::guard::Guard;
use crate::client::healing::{Heard, Pacing};
use crate::client::operation::{Operation, OperationError, Steps};
use crate::client::shared::{News, NoEvent, Queue, Roster};
use crate::client::{
    ClientSchema, CommandError, CommandOf, ConnectError, ConnectErrorKind, EventError, Gone, GoneReason,
    NextError, Options, common,
};
use std::marker::PhantomData;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use std::{fmt, thread};

common::healing!();

impl<S: ClientSchema> Healing<S> {
    /// Connects to a Unix socket, as [`Client::connect_unix_with`] does. `limit` is for each outage; `None` never gives up.
    ///
    /// ```no_run
    /// use qapi_runtime::client::blocking::Healing;
    /// use qapi_runtime::client::{Heard, Options, Untyped};
    /// use std::time::Duration;
    ///
    /// let limit = Duration::from_secs(600);
    /// let client = Healing::<Untyped>::connect_unix("/run/vm/qmp.sock", &Options::new(), limit)?;
    /// for heard in client.events() {
    ///     match heard? {
    ///         Heard::Event(event) => println!("{}", event.name),
    ///         Heard::Lost(reason) => println!("{reason}"),
    ///         Heard::Healed => println!("{}", client.execute_raw("query-status", serde_json::Value::Null)?),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// No server listens there, or the negotiation failed.
    pub fn connect_unix(
        path: impl AsRef<Path>,
        options: &Options,
        limit: impl Into<Option<Duration>>,
    ) -> Result<Healing<S>, ConnectError> {
        let (path, options) = (path.as_ref().to_owned(), *options);
        Healing::connect_by(move || Client::connect_unix_with(&path, &options), limit)
    }

    /// Connects by a function: at once in this thread, and after each outage in a thread of the client. Dropping the client
    /// does not interrupt the function.
    ///
    /// # Errors
    ///
    /// The function fails the first time.
    pub fn connect_by(
        connect: impl Fn() -> Result<Client<S>, ConnectError> + Send + 'static,
        limit: impl Into<Option<Duration>>,
    ) -> Result<Healing<S>, ConnectError> {
        let inner = Healed::new(connect()?);
        let healer = Healer {
            queue: inner.roster.subscribe(0),
            healed: Arc::downgrade(&inner),
            pacing: Pacing::new(limit.into(), Instant::now()),
            connect,
        };
        thread::Builder::new().name("qmp-client-heal".to_owned()).spawn(move || healer.run())?;
        Ok(Healing { inner, guard: Guard::default() })
    }

    /// The client of a connection that has not ended: waits until it has healed, for at most `limit`.
    ///
    /// # Errors
    ///
    /// It has not healed in this time, or has given up.
    pub fn client(&self, limit: Duration) -> Result<Client<S>, ConnectError> {
        let queue = self.inner.roster.subscribe(0);
        let deadline = Instant::now().checked_add(limit);
        loop {
            let client = self.current();
            if !client.is_closed() {
                return Ok(client);
            }
            let kind = match queue.wait(deadline) {
                Ok(_) => continue,
                Err(NoEvent::Late) => ConnectErrorKind::Timeout(limit),
                Err(NoEvent::Ended(reason)) => ConnectErrorKind::Gone(reason),
            };
            return Err(ConnectError::new(client.inner.peer.clone(), kind));
        }
    }

    /// Executes a command on the current connection, and waits for its result. It does not wait until that has healed.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn execute<C: CommandOf<S>>(&self, command: C) -> Result<C::Ok, CommandError> {
        self.current().execute(command)
    }

    /// Executes a command by name on the current connection, for commands that are not in the schema.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn execute_raw(&self, name: &str, arguments: Any) -> Result<Any, CommandError> {
        self.current().execute_raw(name, arguments)
    }

    /// Runs an operation to its end, for at most `limit`, which includes the outages. See
    /// [`operation`](crate::client::operation).
    ///
    /// # Errors
    ///
    /// See [`OperationError`].
    pub fn run<O: Operation<S>>(
        &self,
        operation: O,
        limit: Duration,
    ) -> Result<<O::Steps as Steps>::Outcome, OperationError> {
        self.start(operation, limit)?.wait()
    }

    /// Starts an operation, which then has `limit` to end.
    ///
    /// # Errors
    ///
    /// The command that starts it returned no result. If the connection was lost, it is not sent again.
    pub fn start<O: Operation<S>>(
        &self,
        operation: O,
        limit: Duration,
    ) -> Result<Running<S, O::Steps>, OperationError> {
        let (healing, queue) = (self.clone(), self.subscribe());
        start(Box::new(move || healing.current()), queue, operation, limit)
    }
}

impl<S: ClientSchema> HealingEvents<S> {
    /// Waits for the next one for at most `limit`.
    ///
    /// # Errors
    ///
    /// There is none in this time, the client has ended, or an event does not match the schema.
    pub fn next_within(&mut self, limit: Duration) -> Result<Heard<S::Event>, NextError> {
        match self.queue.wait(Instant::now().checked_add(limit)) {
            Ok(news) => heard::<S>(news).map_err(NextError::Event),
            Err(NoEvent::Late) => Err(NextError::Timeout(limit)),
            Err(NoEvent::Ended(reason)) => Err(NextError::Gone(reason)),
        }
    }
}

impl<S: ClientSchema> Iterator for HealingEvents<S> {
    type Item = Result<Heard<S::Event>, EventError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.queue.wait(None).ok().map(heard::<S>)
    }
}

/// The thread that connects again.
struct Healer<S, F> {
    queue: Arc<Queue>,
    healed: Weak<Healed<S>>,
    pacing: Pacing,
    connect: F,
}

impl<S: ClientSchema, F: Fn() -> Result<Client<S>, ConnectError>> Healer<S, F> {
    fn run(mut self) {
        // It ends with the client, which finishes the queue.
        while let Ok(news) = self.queue.wait(None) {
            if let News::Lost(_) = news {
                if self.heal().is_none() {
                    return;
                }
            }
        }
    }

    /// Connects again. `None` when the client has ended or gives up.
    fn heal(&mut self) -> Option<()> {
        let mut pause = self.pacing.lost(Instant::now());
        loop {
            match self.queue.wait(Some(Instant::now() + pause)) {
                Err(NoEvent::Ended(_)) => return None,
                Ok(_) | Err(NoEvent::Late) => {}
            }
            let error = match (self.connect)() {
                Ok(client) => {
                    self.pacing.healed(Instant::now());
                    self.healed.upgrade()?.heal(client);
                    return Some(());
                }
                Err(error) => error,
            };
            tracing::debug!(%error, "not healed yet");
            match self.pacing.failed(Instant::now()) {
                Some(next) => pause = next,
                None => {
                    self.healed.upgrade()?.roster.finish(&Gone::new(GoneReason::NotHealed(error.into())));
                    return None;
                }
            }
        }
    }
}
