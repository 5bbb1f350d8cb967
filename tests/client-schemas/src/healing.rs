//! Clients that heal, of both kinds, behind one interface.

use crate::driver::{Driver, Kind, Running, runtime};
use qapi_runtime::Any;
use qapi_runtime::access::{Access, AccessError};
use qapi_runtime::client::operation::{Operation, OperationError, Steps};
use qapi_runtime::client::{
    ClientSchema, CommandError, ConnectError, Heard, NextError, Options, asynchronous, blocking,
};
use std::path::Path;
use std::time::Duration;

/// A client that heals, with blocking methods.
#[derive(Debug)]
pub enum Healing<S> {
    /// The one on standard threads.
    Blocking(blocking::Healing<S>),
    /// The one on tokio.
    Tokio(asynchronous::Healing<S>),
}

/// What its subscribers hear.
#[derive(Debug)]
pub enum HealingEvents<S> {
    /// Of the one on standard threads.
    Blocking(blocking::HealingEvents<S>),
    /// Of the one on tokio.
    Tokio(asynchronous::HealingEvents<S>),
}

/// Calls the same method of either client.
macro_rules! both {
    ($self:expr, $client:ident => $call:expr) => {
        match $self {
            Healing::Blocking($client) => $call,
            Healing::Tokio($client) => runtime().block_on($call),
        }
    };
}

impl<S: ClientSchema> Healing<S> {
    /// Connects to a Unix socket.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn connect(
        kind: Kind,
        path: &Path,
        options: &Options,
        limit: Option<Duration>,
    ) -> Result<Healing<S>, ConnectError> {
        match kind {
            Kind::Blocking => blocking::Healing::connect_unix(path, options, limit).map(Healing::Blocking),
            Kind::Tokio => {
                let client = asynchronous::Healing::connect_unix(path, options, limit);
                runtime().block_on(client).map(Healing::Tokio)
            }
        }
    }

    /// A client that executes only the commands of an access.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn limited(&self, access: &Access) -> Result<Healing<S>, AccessError> {
        Ok(match self {
            Healing::Blocking(client) => Healing::Blocking(client.limited(access)?),
            Healing::Tokio(client) => Healing::Tokio(client.limited(access)?),
        })
    }

    /// The client of the current connection.
    #[must_use]
    pub fn current(&self) -> Driver<S> {
        match self {
            Healing::Blocking(client) => Driver::Blocking(client.current()),
            Healing::Tokio(client) => Driver::Tokio(client.current()),
        }
    }

    /// The client of a connection that has healed.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn client(&self, limit: Duration) -> Result<Driver<S>, ConnectError> {
        match self {
            Healing::Blocking(client) => client.client(limit).map(Driver::Blocking),
            Healing::Tokio(client) => runtime().block_on(client.client(limit)).map(Driver::Tokio),
        }
    }

    /// Executes a command by name.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn execute_raw(&self, name: &str, arguments: Any) -> Result<Any, CommandError> {
        both!(self, client => client.execute_raw(name, arguments))
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
            Healing::Blocking(client) => client.start(operation, limit).map(Running::Blocking),
            Healing::Tokio(client) => runtime().block_on(client.start(operation, limit)).map(Running::Tokio),
        }
    }

    /// Subscribes.
    #[must_use]
    pub fn events(&self) -> HealingEvents<S> {
        match self {
            Healing::Blocking(client) => HealingEvents::Blocking(client.events()),
            Healing::Tokio(client) => HealingEvents::Tokio(client.events()),
        }
    }

    /// Closes it.
    pub fn close(&self) {
        match self {
            Healing::Blocking(client) => client.close(),
            Healing::Tokio(client) => client.close(),
        }
    }
}

impl<S: ClientSchema> HealingEvents<S> {
    /// Waits for the next one.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn next_within(&mut self, limit: Duration) -> Result<Heard<S::Event>, NextError> {
        match self {
            HealingEvents::Blocking(events) => events.next_within(limit),
            HealingEvents::Tokio(events) => runtime().block_on(events.next_within(limit)),
        }
    }
}
