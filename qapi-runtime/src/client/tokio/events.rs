//! The stream of events.

use crate::client::shared::Queue;
use crate::client::{ClientSchema, EventError, Received};
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The events of a connection. The stream ends with the connection.
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

    /// Waits for the next event; none when the connection has ended. No event is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<Received<S::Event>, EventError>> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// The same as a function to be polled, for adapters to other streams.
    pub fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Received<S::Event>, EventError>>> {
        self.queue.poll(cx).map(|event| event.map(|event| event.decode()))
    }

    /// How many events were dropped since this was last asked, because nobody read them.
    pub fn take_missed(&mut self) -> u64 {
        self.queue.take_missed()
    }
}

impl<S> fmt::Debug for Events<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
