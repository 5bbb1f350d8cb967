//! What the generator writes about a schema, as static tables.

use crate::codec::Features;
use crate::command::CommandSpec;

/// What the generator knows about a schema, as static tables.
#[derive(Debug)]
pub struct Tables {
    /// The generation of the contract between generated code and this crate.
    #[doc(hidden)]
    pub generation: u32,
    /// The commands, sorted by name.
    pub commands: &'static [CommandSpec],
    /// The names of the events, sorted.
    pub events: &'static [&'static str],
    /// The entries of `query-qmp-schema`, in order.
    #[doc(hidden)]
    pub introspection: &'static [Entry],
}

impl Tables {
    /// Where the command of this name stands in [`commands`](Tables::commands).
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.commands.binary_search_by(|spec| spec.name.cmp(name)).ok()
    }

    /// Where the event of this name stands in [`events`](Tables::events).
    #[must_use]
    pub fn find_event(&self, name: &str) -> Option<usize> {
        self.events.binary_search(&name).ok()
    }
}

/// A `SchemaInfo`, as pieces of JSON text.
///
/// A piece is there or not by the `cfg` of the generated code. The pieces are joined; where one starts
/// with a closing bracket, the `, ` before it is dropped.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub(crate) features: Features,
    pub(crate) text: &'static [&'static str],
}

impl Entry {
    /// An entry with its own features (not those of its members).
    #[must_use]
    pub const fn new(features: Features, text: &'static [&'static str]) -> Self {
        Self { features, text }
    }
}

/// The name of an enumeration, and some places where it is used.
///
/// A place begins with `>COMMAND` for arguments, `<COMMAND` for what is returned, or `!EVENT`. From there `/MEMBER` goes to
/// the type of a member, and `=VALUE` to the branch of a union that this value of the discriminator selects. Elements of
/// lists and choices of alternates take no step.
pub type EnumPlaces = (&'static str, &'static [&'static str]);
