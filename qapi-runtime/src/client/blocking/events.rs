//! The stream of events.

use crate::client::shared::Queue;
use crate::client::{ClientSchema, EventError, Received};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The events of a connection, as an iterator that waits for the next one and ends with the connection.
///
/// An item is an error when an event of the schema came with data that is not what the schema says; the stream goes on.
pub struct Events<S> {
    queue: Arc<Queue>,
    schema: PhantomData<fn() -> S>,
}

impl<S: ClientSchema> Events<S> {
    pub(super) fn new(queue: Arc<Queue>) -> Events<S> {
        Events { queue, schema: PhantomData }
    }

    /// The next event, if it comes within `limit`. None when it does not, and when the connection has ended.
    pub fn next_within(&mut self, limit: Duration) -> Option<Result<Received<S::Event>, EventError>> {
        let event = self.queue.wait(Instant::now().checked_add(limit)).ok()??;
        Some(event.decode())
    }

    /// How many events were dropped since this was last asked, because nobody read them.
    pub fn take_missed(&mut self) -> u64 {
        self.queue.take_missed()
    }
}

impl<S: ClientSchema> Iterator for Events<S> {
    type Item = Result<Received<S::Event>, EventError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.queue.wait(None).ok()??.decode())
    }
}

impl<S> fmt::Debug for Events<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
