//! The stream of events.

use crate::client::shared::Queue;
use crate::client::{ClientSchema, EventError, Gone, NextError, Received, common};
use futures_core::Stream;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::timeout;

common::events!(
    /// The events of a connection, as a [`Stream`] that ends with it; [`ended`](Events::ended) then says why.
    ///
    /// ```no_run
    /// # use qapi_runtime::client::Untyped;
    /// # use qapi_runtime::client::asynchronous::{Client, Events};
    /// # async fn show(client: Client<Untyped>) {
    /// let mut events: Events<Untyped> = client.events();
    /// while let Some(event) = events.next().await {
    ///     match event {
    ///         Ok(event) => println!("{}", event.name),
    ///         Err(error) => eprintln!("{error}: {}", error.error),
    ///     }
    /// }
    /// # }
    /// ```
);

impl<S: ClientSchema> Events<S> {
    /// Waits for the next event for at most `limit`. Cancel safe: no event is lost when the future is dropped.
    ///
    /// # Errors
    ///
    /// No event arrived in this time, the connection has ended, or the event does not match the schema.
    pub async fn next_within(&mut self, limit: Duration) -> Result<Received<S::Event>, NextError> {
        match timeout(limit, poll_fn(|cx| self.queue.poll_event(cx))).await {
            Ok(Ok(event)) => event.decode().map_err(NextError::Event),
            Ok(Err(reason)) => Err(NextError::Gone(reason)),
            Err(_) => Err(NextError::Timeout(limit)),
        }
    }

    /// Waits for the next event; `None` when the connection has ended. Cancel safe: no event is lost when the future is
    /// dropped.
    pub async fn next(&mut self) -> Option<Result<Received<S::Event>, EventError>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<S: ClientSchema> Stream for Events<S> {
    type Item = Result<Received<S::Event>, EventError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.queue.poll_event(cx).map(|event| event.ok().map(|event| event.decode()))
    }
}
