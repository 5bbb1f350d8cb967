//! A schema as types: what generated code implements for a schema as a whole, and for each of its events.

mod any_event;
mod client;

pub use any_event::{AnyEvent, UnknownEvent};
pub use client::{ClientSchema, Speaks, Untyped};

use crate::codec::{Decode, Encode, Features};
use crate::tables::Tables;

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
