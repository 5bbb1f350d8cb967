//! Schemas as types: the traits that generated code implements for a schema and for each of its events.

mod any_event;
mod client;

pub use any_event::{AnyEvent, UnknownEvent};
pub use client::{ClientSchema, CommandOf, Speaks, Untyped, UntypedAgent};

use crate::codec::{Decode, Encode, Features};
use crate::tables::Tables;

/// An event of a schema: the type holds its data.
///
/// Generated code implements it for one type per event.
pub trait Event: Decode + Encode + Sized {
    /// The event's name in the schema.
    const NAME: &'static str;
    /// Whether the event is deprecated or unstable.
    const FEATURES: Features;
    /// Whether the schema declares data for the event. If so, `data` is sent even if all its members are absent.
    const HAS_DATA: bool;
    /// The schema of the event.
    type Schema: Schema;
}

/// A schema as a type. Generated code has one marker type per schema.
pub trait Schema: 'static {
    /// The schema's tables.
    const TABLES: &'static Tables;
}
