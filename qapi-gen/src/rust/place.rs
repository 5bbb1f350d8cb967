//! Where things are in the generated code.

use crate::schema::ModuleId;

/// The module of the tables and the dispatcher. Types elsewhere refer to it, so its name never depends on the schema.
pub(super) const ROOT: &str = "__schema";

/// Where a module of the schema is in Rust.
#[derive(Debug)]
pub(super) enum Home {
    /// Generated, by this name.
    Here(String),
    /// Generated elsewhere, at this path.
    Elsewhere(String),
}

/// A place in the generated code, from which paths start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A module beside those of the schema.
    Beside,
    /// A module of the schema.
    Module(ModuleId),
    /// `command` or `event` in a module of the schema.
    Nested(ModuleId),
}
