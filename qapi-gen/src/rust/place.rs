//! Places in the generated code.

use crate::schema::ModuleId;

/// The module of the tables and the dispatcher. Generated code in other crates refers to it, so its name never depends
/// on the schema.
pub(super) const ROOT: &str = "__schema";

/// The home of a schema module in Rust.
#[derive(Debug)]
pub(super) enum Home {
    /// Generated here, under this name.
    Here(String),
    /// Generated elsewhere, at this path.
    Elsewhere(String),
}

/// A place in the generated code; paths are relative to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A module beside those of the schema.
    Beside,
    /// A module of the schema.
    Module(ModuleId),
    /// `command` or `event` in a module of the schema.
    Nested(ModuleId),
}
