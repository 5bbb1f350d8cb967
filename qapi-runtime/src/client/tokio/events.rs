//! The stream of events.

use crate::client::shared::Queue;
use crate::client::{ClientSchema, EventError, Received, common};
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

common::events!(
    /// The events of a connection. The stream ends with the connection.
);

impl<S: ClientSchema> Events<S> {
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
}
