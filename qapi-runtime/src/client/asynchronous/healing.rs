//! A client whose connection heals, by a task that connects again.

use super::operations::start;
use super::{Client, Running, within};
use crate::Any;
use crate::access::{Access, AccessError};
use crate::client::guard::Guard;
use crate::client::healing::{Heard, Pacing};
use crate::client::operation::{Operation, OperationError, Steps};
use crate::client::shared::{News, Queue, Roster};
use crate::client::{
    ClientSchema, CommandError, CommandOf, ConnectError, ConnectErrorKind, EventError, Gone, GoneReason,
    NextError, Options, common,
};
use futures_core::Stream;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::time::timeout;

common::healing!();

impl<S: ClientSchema> Healing<S> {
    /// Connects to a Unix socket, as [`Client::connect_unix_with`] does. `limit` is for each outage; `None` never gives up.
    ///
    /// # Errors
    ///
    /// No server listens there, or the negotiation failed.
    pub async fn connect_unix(
        path: impl AsRef<Path>,
        options: &Options,
        limit: impl Into<Option<Duration>>,
    ) -> Result<Healing<S>, ConnectError> {
        let (path, options, limit) = (path.as_ref().to_owned(), *options, limit.into());
        let connect = move || {
            let path = path.clone();
            async move { Client::connect_unix_with(path, &options).await }
        };
        Healing::connect_by(connect, limit).await
    }

    /// Connects by a function: at once, and after each outage in a task of the client, which is on the runtime that this is
    /// called on. Dropping the client drops the function's future.
    ///
    /// # Errors
    ///
    /// The function fails the first time.
    pub async fn connect_by<F>(
        connect: impl Fn() -> F + Send + 'static,
        limit: impl Into<Option<Duration>>,
    ) -> Result<Healing<S>, ConnectError>
    where
        F: Future<Output = Result<Client<S>, ConnectError>> + Send + 'static,
    {
        let limit = limit.into();
        let inner = Healed::new(connect().await?);
        let healer = Healer {
            queue: inner.roster.subscribe(0),
            healed: Arc::downgrade(&inner),
            pacing: Pacing::new(limit, Instant::now()),
            connect,
        };
        tokio::spawn(healer.run());
        Ok(Healing { inner, guard: Guard::default() })
    }

    /// The client of a connection that has not ended: waits until it has healed, for at most `limit`.
    ///
    /// # Errors
    ///
    /// It has not healed in this time, or has given up.
    pub async fn client(&self, limit: Duration) -> Result<Client<S>, ConnectError> {
        let queue = self.inner.roster.subscribe(0);
        let search = async {
            loop {
                let client = self.current();
                if !client.is_closed() {
                    return Ok(client);
                }
                if let Err(reason) = poll_fn(|cx| queue.poll(cx)).await {
                    return Err(ConnectErrorKind::Gone(reason));
                }
            }
        };
        let found = timeout(limit, search).await.unwrap_or(Err(ConnectErrorKind::Timeout(limit)));
        found.map_err(|kind| ConnectError::new(self.current().inner.peer.clone(), kind))
    }

    /// Executes a command on the current connection, and waits for its result. It does not wait until that has healed.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute<C: CommandOf<S>>(&self, command: C) -> Result<C::Ok, CommandError> {
        self.current().execute(command).await
    }

    /// Executes a command by name on the current connection, for commands that are not in the schema.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub async fn execute_raw(&self, name: &str, arguments: Any) -> Result<Any, CommandError> {
        self.current().execute_raw(name, arguments).await
    }

    /// Runs an operation to its end, for at most `limit`, which includes the outages. See
    /// [`operation`](crate::client::operation).
    ///
    /// # Errors
    ///
    /// See [`OperationError`].
    pub async fn run<O: Operation<S>>(
        &self,
        operation: O,
        limit: Duration,
    ) -> Result<<O::Steps as Steps>::Outcome, OperationError> {
        self.start(operation, limit).await?.wait().await
    }

    /// Starts an operation, which then has `limit` to end.
    ///
    /// # Errors
    ///
    /// The command that starts it returned no result. If the connection was lost, it is not sent again.
    pub async fn start<O: Operation<S>>(
        &self,
        operation: O,
        limit: Duration,
    ) -> Result<Running<S, O::Steps>, OperationError> {
        let (healing, queue) = (self.clone(), self.subscribe());
        start(Box::new(move || healing.current()), queue, operation, limit).await
    }
}

impl<S: ClientSchema> HealingEvents<S> {
    /// Waits for the next one for at most `limit`. Cancel safe: nothing is lost when the future is dropped.
    ///
    /// # Errors
    ///
    /// There is none in this time, the client has ended, or an event does not match the schema.
    pub async fn next_within(&mut self, limit: Duration) -> Result<Heard<S::Event>, NextError> {
        match timeout(limit, poll_fn(|cx| self.queue.poll(cx))).await {
            Ok(Ok(news)) => heard::<S>(news).map_err(NextError::Event),
            Ok(Err(reason)) => Err(NextError::Gone(reason)),
            Err(_) => Err(NextError::Timeout(limit)),
        }
    }

    /// Waits for the next one; `None` when the client has ended. Cancel safe: nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<Heard<S::Event>, EventError>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<S: ClientSchema> Stream for HealingEvents<S> {
    type Item = Result<Heard<S::Event>, EventError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.queue.poll(cx).map(|news| news.ok().map(heard::<S>))
    }
}

/// The task that connects again.
struct Healer<S, F> {
    queue: Arc<Queue>,
    healed: Weak<Healed<S>>,
    pacing: Pacing,
    connect: F,
}

impl<S, C, F> Healer<S, C>
where
    S: ClientSchema,
    C: Fn() -> F + Send,
    F: Future<Output = Result<Client<S>, ConnectError>> + Send + 'static,
{
    async fn run(mut self) {
        // It ends with the client, which finishes the queue.
        while let Ok(news) = poll_fn(|cx| self.queue.poll(cx)).await {
            if let News::Lost(_) = news {
                if self.heal().await.is_none() {
                    return;
                }
            }
        }
    }

    /// Connects again. `None` when the client has ended or gives up.
    async fn heal(&mut self) -> Option<()> {
        let mut pause = self.pacing.lost(Instant::now());
        loop {
            if let Ok(Err(_)) = within(Some(pause), poll_fn(|cx| self.queue.poll(cx))).await {
                return None;
            }
            let error = match self.connect_unless_ended().await? {
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

    /// Calls the function, and drops its future when the client has ended.
    async fn connect_unless_ended(&mut self) -> Option<Result<Client<S>, ConnectError>> {
        let mut connecting = std::pin::pin!((self.connect)());
        poll_fn(|cx| {
            while let Poll::Ready(news) = self.queue.poll(cx) {
                if news.is_err() {
                    return Poll::Ready(None);
                }
            }
            connecting.as_mut().poll(cx).map(Some)
        })
        .await
    }
}
