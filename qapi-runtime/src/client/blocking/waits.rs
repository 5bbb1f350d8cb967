//! Waits for an event.

use super::{Call, Client};
use crate::Event;
use crate::client::shared::{NoEvent, Queue, Wanted};
use crate::client::{ClientSchema, CommandOf, Received, WaitError, WaitErrorKind};
use std::time::{Duration, Instant};

crate::client::common::waits!();

impl<S: ClientSchema> Client<S> {
    /// Waits for an event from now on that `predicate` accepts, for at most `limit`. The wait ends with the connection.
    /// Other waits and subscriptions receive the same events.
    ///
    /// If a command leads to the event, call [`execute_and_wait`](Client::execute_and_wait) instead: the event may come
    /// before the command's reply.
    ///
    /// # Errors
    ///
    /// See [`WaitErrorKind`].
    pub fn wait_for<E: Event<Schema = S>>(
        &self,
        predicate: impl FnMut(&E) -> bool,
        limit: Duration,
    ) -> Result<Received<E>, WaitError> {
        let queue = self.inner.connection.shared.subscribe();
        wait(&queue, predicate, Some(limit), Instant::now()).map_err(|kind| self.wait_error::<E>(kind))
    }

    /// Executes a command and waits for an event that `predicate` accepts. The client subscribes before it sends the
    /// command, so an event that comes before the reply counts, and an earlier one does not.
    ///
    /// [`Options::timeout`](crate::client::Options::timeout) limits both together; [`with_timeout`](Client::with_timeout)
    /// sets another limit. When the limit passes, the command is cancelled if it has no reply, as for
    /// [`execute`](Client::execute); otherwise it has been executed. The wait ends with the connection.
    ///
    /// # Errors
    ///
    /// See [`WaitErrorKind`].
    pub fn execute_and_wait<C: CommandOf<S>, E: Event<Schema = S>>(
        &self,
        command: C,
        predicate: impl FnMut(&E) -> bool,
    ) -> Result<(C::Ok, Received<E>), WaitError> {
        self.call().execute_and_wait(command, predicate)
    }
}

impl<S: ClientSchema> Call<'_, S> {
    /// Executes a command and waits for an event, see [`Client::execute_and_wait`].
    ///
    /// # Errors
    ///
    /// See [`WaitErrorKind`].
    pub fn execute_and_wait<C: CommandOf<S>, E: Event<Schema = S>>(
        self,
        command: C,
        predicate: impl FnMut(&E) -> bool,
    ) -> Result<(C::Ok, Received<E>), WaitError> {
        let (client, limit, started) = (self.client, self.timeout, Instant::now());
        let queue = client.inner.connection.shared.subscribe();
        let result = self.execute(command);
        let result = result.map_err(|error| client.wait_error::<E>(WaitErrorKind::Command(error)))?;
        match wait(&queue, predicate, limit, started) {
            Ok(event) => Ok((result, event)),
            Err(kind) => Err(client.wait_error::<E>(kind)),
        }
    }
}

fn wait<E: Event>(
    queue: &Queue,
    predicate: impl FnMut(&E) -> bool,
    limit: Option<Duration>,
    started: Instant,
) -> Result<Received<E>, WaitErrorKind> {
    let mut wanted = Wanted::new(predicate);
    let deadline = limit.and_then(|limit| started.checked_add(limit));
    loop {
        match queue.wait_for_event(deadline) {
            Ok(raw) => {
                if let Some(event) = wanted.take(&raw, queue)? {
                    return Ok(event);
                }
            }
            Err(NoEvent::Late) => return Err(WaitErrorKind::Timeout(limit.unwrap_or_default())),
            Err(NoEvent::Ended(reason)) => return Err(WaitErrorKind::Gone(reason)),
        }
    }
}
