//! Events as types, and how they are sent.

#![cfg_attr(
    not(all(unix, feature = "threads", feature = "tokio")),
    allow(dead_code, reason = "each transport uses a part")
)]

mod bus;
mod held;
mod outbox;
mod record;

pub(crate) use bus::EventBus;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
pub(crate) use held::Held;
pub(crate) use outbox::{Outbox, Wire};
pub use record::Record;

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
/// Sending never blocks: what a session cannot take at once waits in its bounded output.
pub struct EventSender<S> {
    bus: EventBus,
    schema: PhantomData<fn() -> S>,
}

impl<S: Schema> EventSender<S> {
    /// A sender with no monitor yet: what it sends before there is one goes nowhere.
    #[must_use]
    pub fn new() -> EventSender<S> {
        EventSender::on(EventBus::new())
    }

    /// A sender to a bus that exists.
    #[must_use]
    pub(crate) fn on(bus: EventBus) -> EventSender<S> {
        EventSender { bus, schema: PhantomData }
    }

    /// Where the events go.
    #[must_use]
    pub(crate) fn bus(&self) -> &EventBus {
        &self.bus
    }

    /// Sends an event, with the time of now.
    pub fn send<E: Event<Schema = S>>(&self, event: &E) {
        let encode: &dyn Fn(&mut Writer) = &|out| event.encode(out);
        self.bus.send(E::NAME, E::FEATURES, E::HAS_DATA.then_some(encode));
    }
}

impl<S: Schema> Default for EventSender<S> {
    fn default() -> EventSender<S> {
        EventSender::new()
    }
}

impl<S> Clone for EventSender<S> {
    fn clone(&self) -> EventSender<S> {
        EventSender { bus: self.bus.clone(), schema: PhantomData }
    }
}

impl<S> fmt::Debug for EventSender<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSender").finish_non_exhaustive()
    }
}
