//! The stream of events.

use crate::client::shared::Queue;
use crate::client::{ClientSchema, EventError, Received, common};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

common::events!(
    /// The events of a connection, as an iterator that blocks until the next event and ends with the connection.
);

impl<S: ClientSchema> Events<S> {
    /// Waits for the next event for at most `limit`. `None` after that time, and when the connection has ended.
    pub fn next_within(&mut self, limit: Duration) -> Option<Result<Received<S::Event>, EventError>> {
        let event = self.queue.wait(Instant::now().checked_add(limit)).ok()??;
        Some(event.decode())
    }
}

impl<S: ClientSchema> Iterator for Events<S> {
    type Item = Result<Received<S::Event>, EventError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.queue.wait(None).ok()??.decode())
    }
}
