//! What both clients return to wait with, behind one interface.

use super::runtime;
use qapi_runtime::client::operation::{OperationError, Steps};
use qapi_runtime::client::{ClientSchema, EventError, Gone, NextError, Received};
use qapi_runtime::client::{asynchronous, blocking};
use std::time::Duration;

/// An operation of either client, with blocking methods.
#[derive(Debug)]
pub enum Running<S, W: Steps> {
    /// Of the one on standard threads.
    Blocking(blocking::Running<S, W>),
    /// Of the one on tokio.
    Tokio(asynchronous::Running<S, W>),
}

impl<S: ClientSchema, W: Steps> Running<S, W> {
    /// Waits until the operation has progressed.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn progress(&mut self) -> Result<Option<W::Progress>, OperationError> {
        match self {
            Running::Blocking(running) => running.progress(),
            Running::Tokio(running) => runtime().block_on(running.progress()),
        }
    }

    /// Waits until the operation has ended.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn wait(&mut self) -> Result<W::Outcome, OperationError> {
        match self {
            Running::Blocking(running) => running.wait(),
            Running::Tokio(running) => runtime().block_on(running.wait()),
        }
    }

    /// Sets a new limit.
    pub fn extend(&mut self, limit: Duration) {
        match self {
            Running::Blocking(running) => running.extend(limit),
            Running::Tokio(running) => running.extend(limit),
        }
    }
}

/// The events of either client, as a blocking iterator.
#[derive(Debug)]
pub enum Events<S> {
    /// Of the one on standard threads.
    Blocking(blocking::Events<S>),
    /// Of the one on tokio.
    Tokio(asynchronous::Events<S>),
}

impl<S: ClientSchema> Events<S> {
    /// Waits for the next event for at most `limit`.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn next_within(&mut self, limit: Duration) -> Result<Received<S::Event>, NextError> {
        match self {
            Events::Blocking(events) => events.next_within(limit),
            Events::Tokio(events) => runtime().block_on(events.next_within(limit)),
        }
    }

    /// How the connection has ended.
    #[must_use]
    pub fn ended(&self) -> Option<Gone> {
        match self {
            Events::Blocking(events) => events.ended(),
            Events::Tokio(events) => events.ended(),
        }
    }

    /// How many events were dropped.
    pub fn take_missed(&mut self) -> u64 {
        match self {
            Events::Blocking(events) => events.take_missed(),
            Events::Tokio(events) => events.take_missed(),
        }
    }
}

impl<S: ClientSchema> Iterator for Events<S> {
    type Item = Result<Received<S::Event>, EventError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Events::Blocking(events) => events.next(),
            Events::Tokio(events) => runtime().block_on(events.next()),
        }
    }
}
