//! Static tables about a schema, which the generator writes.

use crate::codec::Features;
use crate::command::CommandSpec;

/// Static tables about a schema.
#[derive(Debug)]
pub struct Tables {
    /// The version of the contract between generated code and this crate.
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
    /// The index of the command of this name in [`commands`](Tables::commands).
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.commands.binary_search_by(|spec| spec.name.cmp(name)).ok()
    }

    /// The index of the event of this name in [`events`](Tables::events).
    #[must_use]
    pub fn find_event(&self, name: &str) -> Option<usize> {
        self.events.binary_search(&name).ok()
    }
}

/// A `SchemaInfo`, as pieces of JSON text.
///
/// The `cfg` of the generated code decides which pieces exist. The pieces are joined; before a piece that starts with a
/// closing bracket, the `, ` is dropped.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub(crate) features: Features,
    pub(crate) text: &'static [&'static str],
}

impl Entry {
    /// Creates an entry with its own features, without those of its members.
    #[must_use]
    pub const fn new(features: Features, text: &'static [&'static str]) -> Self {
        Self { features, text }
    }
}

/// The name of an enumeration, and some places where it is used.
///
/// A place begins with `>COMMAND` for arguments, `<COMMAND` for the return value, or `!EVENT`. From there `/MEMBER`
/// leads to the type of a member, and `=VALUE` to the branch of a union that this value of the discriminator selects.
/// Elements of lists and choices of alternates take no step.
pub type EnumPlaces = (&'static str, &'static [&'static str]);
