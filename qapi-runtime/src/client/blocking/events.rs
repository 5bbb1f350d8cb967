//! The stream of events.

use crate::client::shared::{NoEvent, Queue};
use crate::client::{ClientSchema, EventError, Gone, NextError, Received, common};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

common::events!(
    /// The events of a connection, as an iterator that blocks until the next event and ends with the connection;
    /// [`ended`](Events::ended) then says why.
);

impl<S: ClientSchema> Events<S> {
    /// Waits for the next event for at most `limit`. When it passes, no event is lost: the subscription continues.
    ///
    /// # Errors
    ///
    /// No event arrived in this time, the connection has ended, or the event does not match the schema.
    pub fn next_within(&mut self, limit: Duration) -> Result<Received<S::Event>, NextError> {
        match self.queue.wait_for_event(Instant::now().checked_add(limit)) {
            Ok(event) => event.decode().map_err(NextError::Event),
            Err(NoEvent::Late) => Err(NextError::Timeout(limit)),
            Err(NoEvent::Ended(reason)) => Err(NextError::Gone(reason)),
        }
    }
}

impl<S: ClientSchema> Iterator for Events<S> {
    type Item = Result<Received<S::Event>, EventError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.queue.wait_for_event(None).ok()?.decode())
    }
}
