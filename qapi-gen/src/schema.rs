//! The checked schema, and the checks.
//!
//! [`load`] takes the syntax tree through these steps, and collects the diagnostics of each:
//!
//! 1. `symbols`: maps names to definitions;
//! 2. `read`: checks keys, names and the form of values for each kind of definition, and makes drafts;
//! 3. `check`: checks the rules that need other definitions: types, bases, cycles, clashes of names, discriminators,
//!    conditions, documentation;
//! 4. `lower`: turns valid drafts into the model.
//!
//! Each kind of definition (`alternate`, `command` and so on) has one file. It reads through a `Reader` and checks
//! through a `Checker`. `read` and `check` call it, never the other way round.

use crate::diagnostic::Diagnostics;
use crate::language::Language;
use crate::source::Sources;

mod alternate;
mod any_build;
mod builtin;
mod check;
mod checker;
mod clashes;
mod command;
mod condition;
mod conditionals;
mod containment;
mod context;
mod defines;
mod dialect;
mod documentation;
mod draft;
mod enumeration;
mod event;
mod features;
mod hierarchy;
mod implication;
mod legacy;
mod load;
mod lower;
mod lower_doc;
mod model;
pub(crate) mod names;
mod read;
mod reader;
mod references;
mod structure;
mod suggest;
mod symbols;
mod union;
mod version;

pub use builtin::JsonType;
pub use conditionals::Conditional;
pub use dialect::Dialect;
pub use load::load;
pub use model::*;
#[cfg(feature = "import")]
pub(crate) use suggest::nearest;
pub use version::Version;

/// Options for reading a schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The version of the language. If `None`, it is taken from a comment in the schema or from the QEMU source tree
    /// around it.
    pub language: Option<Language>,
}

/// A valid schema, with its warnings.
#[derive(Debug)]
pub struct Loaded {
    /// The schema.
    pub schema: Schema,
    /// Warnings, sorted.
    pub warnings: Diagnostics,
}

/// The diagnostics of a schema that is refused.
#[derive(Debug)]
pub struct Failure {
    /// All diagnostics, sorted; at least one is an error.
    pub diagnostics: Diagnostics,
    /// The files, for rendering.
    pub sources: Sources,
}

#[cfg(test)]
mod tests;
