//! Events as types, and how they are sent.

mod log;
mod record;
mod subscription;

pub(crate) use log::{Bell, Cursor, EventLog};
pub use record::Record;
pub use subscription::Subscription;

use crate::json::Writer;
use crate::{Decode, Encode, Features, Tables};
use std::fmt;
use std::marker::PhantomData;

/// An event of a schema: the type holds its data.
///
/// Implemented by generated code, one type an event.
pub trait Event: Decode + Encode + Sized {
    /// The event's name in the schema.
    const NAME: &'static str;
    /// Whether it is deprecated or unstable.
    const FEATURES: Features;
    /// Whether the schema declares data for it. Then `data` is there even when all its members are absent.
    const HAS_DATA: bool;
    /// The schema that it belongs to.
    type Schema: Schema;
}

/// A schema as a type: generated code has one marker type at its root.
pub trait Schema: 'static {
    /// The schema's tables.
    const TABLES: &'static Tables;
}

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
        let encode: &dyn Fn(&mut Writer) = &|out| event.encode(out);
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
