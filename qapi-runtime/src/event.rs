//! Sending events to sessions and subscriptions.

mod log;
mod record;
mod subscription;

pub(crate) use log::{Bell, Cursor, EventLog};
pub use record::Record;
pub use subscription::Subscription;

use crate::codec::Output;
use crate::schema::{Event, Schema};
use std::fmt;
use std::marker::PhantomData;

/// Sends the events of one schema to all sessions that have negotiated.
///
/// Handlers usually own a sender, so it is created before the monitor and passed to
/// [`Builder::events`](crate::monitor::Builder::events). Clones send to the same sessions.
///
/// Sending never blocks and touches no socket: it appends to a log that the sessions read, at a cost that does not
/// depend on their number.
pub struct EventSender<S> {
    log: EventLog,
    schema: PhantomData<fn() -> S>,
}

impl<S: Schema> EventSender<S> {
    /// Creates a sender without a monitor. Events that it sends before it gets one are lost.
    #[must_use]
    pub fn new() -> EventSender<S> {
        EventSender::on(EventLog::new())
    }

    /// Creates a sender to an existing log.
    #[must_use]
    pub(crate) fn on(log: EventLog) -> EventSender<S> {
        EventSender { log, schema: PhantomData }
    }

    /// The log that receives the events.
    #[must_use]
    pub(crate) fn log(&self) -> &EventLog {
        &self.log
    }

    /// Sends an event with the current time.
    pub fn send<E: Event<Schema = S>>(&self, event: &E) {
        let encode: &dyn Fn(&mut Output) = &|out| event.encode(out);
        self.log.send(E::NAME, E::FEATURES, E::HAS_DATA.then_some(encode));
    }
}

impl<S: Schema> Default for EventSender<S> {
    fn default() -> EventSender<S> {
        EventSender::new()
    }
}

impl<S> Clone for EventSender<S> {
    fn clone(&self) -> EventSender<S> {
        EventSender { log: self.log.clone(), schema: PhantomData }
    }
}

impl<S> fmt::Debug for EventSender<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSender").finish_non_exhaustive()
    }
}
