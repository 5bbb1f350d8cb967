//! How events are sent, and who gets them.

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
/// A handler usually owns one, so it is made before the monitor, which is told to
/// [serve](crate::monitor::Builder::events) its sessions from it. Clones send to the same place.
///
/// Sending never blocks and touches no socket: it appends to a log that the sessions catch up from, at a cost that does not
/// depend on their number.
pub struct EventSender<S> {
    log: EventLog,
    schema: PhantomData<fn() -> S>,
}

impl<S: Schema> EventSender<S> {
    /// A sender with no monitor yet: what it sends before there is one goes nowhere.
    #[must_use]
    pub fn new() -> EventSender<S> {
        EventSender::on(EventLog::new())
    }

    /// A sender to a log that exists.
    #[must_use]
    pub(crate) fn on(log: EventLog) -> EventSender<S> {
        EventSender { log, schema: PhantomData }
    }

    /// Where the events go.
    #[must_use]
    pub(crate) fn log(&self) -> &EventLog {
        &self.log
    }

    /// Sends an event, with the time of now.
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
