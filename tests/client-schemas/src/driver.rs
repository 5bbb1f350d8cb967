//! Both clients behind one interface, so that a test is written once and runs with both.

mod connect;
mod waits;

pub use waits::{Events, Running};

use qapi_runtime::access::{Access, AccessError};
use qapi_runtime::client::operation::{Operation, OperationError, Steps};
use qapi_runtime::client::{
    Capabilities, ClientSchema, CommandError, CommandErrorKind, CommandOf, Greeting, Received, Retry,
    WaitError,
};
use qapi_runtime::client::{asynchronous, blocking};
use qapi_runtime::{Any, Event};
use std::os::fd::AsFd;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::Runtime;

/// The kind of a client.
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

/// Runs a test with each client.
pub fn both(test: impl Fn(Kind)) {
    Kind::ALL.into_iter().for_each(test);
}

/// A client of either kind, with blocking methods. Clones share the connection.
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

/// The runtime of all tokio clients in the process.
///
/// # Panics
///
/// Panics if the runtime cannot start its threads.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}

/// Calls the same method of either client.
macro_rules! both {
    ($driver:expr, $client:ident => $call:expr) => {
        match $driver {
            Driver::Blocking($client) => $call,
            Driver::Tokio($client) => runtime().block_on($call),
        }
    };
}

impl<S: ClientSchema> Driver<S> {
    /// Executes a command.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn execute<C: CommandOf<S>>(&self, command: C) -> Result<C::Ok, CommandError> {
        both!(self, client => client.execute(command))
    }

    /// Executes a command out-of-band.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn execute_oob<C: CommandOf<S>>(&self, command: C) -> Result<C::Ok, CommandError> {
        both!(self, client => client.execute_oob(command))
    }

    /// Executes a command by name.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn execute_raw(&self, name: &str, arguments: Any) -> Result<Any, CommandError> {
        both!(self, client => client.execute_raw(name, arguments))
    }

    /// Executes a command, and abandons it after `limit`: the blocking client by its timeout, the tokio client by
    /// dropping the future. `None` if it was abandoned.
    pub fn execute_within<C: CommandOf<S>>(
        &self,
        limit: Duration,
        command: C,
    ) -> Option<Result<C::Ok, CommandError>> {
        match self {
            Driver::Blocking(client) => match client.with_timeout(limit).execute(command) {
                Err(CommandError { kind: CommandErrorKind::Timeout(_), .. }) => None,
                result => Some(result),
            },
            Driver::Tokio(client) => {
                runtime().block_on(async { tokio::time::timeout(limit, client.execute(command)).await.ok() })
            }
        }
    }

    /// Executes a command with descriptors.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn execute_with_fds<C, F>(&self, files: Vec<F>, command: C) -> Result<C::Ok, CommandError>
    where
        C: CommandOf<S>,
        F: AsFd,
    {
        both!(self, client => client.with_fds(files).execute(command))
    }

    /// Executes a command by name, with descriptors.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn execute_raw_with_fds<F: AsFd>(
        &self,
        files: Vec<F>,
        name: &str,
        arguments: Any,
    ) -> Result<Any, CommandError> {
        both!(self, client => client.with_fds(files).execute_raw(name, arguments))
    }

    /// Executes a command by name, and repeats it. `limit` is that of each attempt.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn retry_raw(
        &self,
        limit: Duration,
        retry: &Retry,
        name: &str,
        arguments: Any,
    ) -> Result<Any, CommandError> {
        both!(self, client => client.with_timeout(limit).retry(retry).execute_raw(name, arguments))
    }

    /// Waits for an event from now on.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn wait_for<E: Event<Schema = S>>(
        &self,
        predicate: impl FnMut(&E) -> bool,
        limit: Duration,
    ) -> Result<Received<E>, WaitError> {
        both!(self, client => client.wait_for(predicate, limit))
    }

    /// Executes a command and waits for an event, within a limit for both.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn execute_and_wait<C: CommandOf<S>, E: Event<Schema = S>>(
        &self,
        limit: Duration,
        command: C,
        predicate: impl FnMut(&E) -> bool,
    ) -> Result<(C::Ok, Received<E>), WaitError> {
        both!(self, client => client.with_timeout(limit).execute_and_wait(command, predicate))
    }

    /// Runs an operation to its end.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn run<O: Operation<S>>(
        &self,
        operation: O,
        limit: Duration,
    ) -> Result<<O::Steps as Steps>::Outcome, OperationError> {
        both!(self, client => client.run(operation, limit))
    }

    /// Starts an operation.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn start<O: Operation<S>>(
        &self,
        operation: O,
        limit: Duration,
    ) -> Result<Running<S, O::Steps>, OperationError> {
        match self {
            Driver::Blocking(client) => client.start(operation, limit).map(Running::Blocking),
            Driver::Tokio(client) => runtime().block_on(client.start(operation, limit)).map(Running::Tokio),
        }
    }

    /// A client that is limited to an access.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn limited(&self, access: &Access) -> Result<Driver<S>, AccessError> {
        match self {
            Driver::Blocking(client) => client.limited(access).map(Driver::Blocking),
            Driver::Tokio(client) => client.limited(access).map(Driver::Tokio),
        }
    }

    /// The server's capabilities.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn capabilities(&self) -> Result<&Capabilities, CommandError> {
        both!(self, client => client.capabilities())
    }

    /// Whether the server has this command.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn has<C: CommandOf<S>>(&self) -> Result<bool, CommandError> {
        both!(self, client => client.has::<C>())
    }

    /// The events.
    #[must_use]
    pub fn events(&self) -> Events<S> {
        match self {
            Driver::Blocking(client) => Events::Blocking(client.events()),
            Driver::Tokio(client) => Events::Tokio(client.events()),
        }
    }

    /// The events since the client connected.
    #[must_use]
    pub fn events_since_connecting(&self) -> Events<S> {
        match self {
            Driver::Blocking(client) => Events::Blocking(client.events_since_connecting()),
            Driver::Tokio(client) => Events::Tokio(client.events_since_connecting()),
        }
    }

    /// The server's greeting.
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
