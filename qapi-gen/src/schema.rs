//! The checked schema, and the checks.
//!
//! [`load`] takes the syntax tree through these steps, and collects what each finds:
//!
//! 1. `symbols`: which name stands for which definition;
//! 2. `read`: keys, names, and the form of values, by kind of definition; the result are drafts;
//! 3. `check`: the rules that need other definitions: types, bases, circles, clashes of names, discriminators,
//!    conditions, documentation;
//! 4. `lower`: from drafts without fault to the model.
//!
//! A kind of definitions (`alternate`, `command` and so on) has one file. It reads through a `Reader`, checks through
//! a `Checker`, and knows nothing of `read` and `check`, which call it.

use crate::diagnostic::Diagnostics;
use crate::language::Language;
use crate::source::Sources;

mod alternate;
mod builtin;
mod check;
mod checker;
mod clashes;
mod command;
mod condition;
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

pub use builtin::JsonType;
pub use dialect::Dialect;
pub use load::load;
pub use model::*;

/// How a schema is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The version of the language in which it is written. Without one, a comment in the schema tells, or the QEMU tree in
    /// which it stands.
    pub language: Option<Language>,
}

/// A schema that may be used, and what its author should know.
#[derive(Debug)]
pub struct Loaded {
    /// The schema.
    pub schema: Schema,
    /// Warnings, sorted.
    pub warnings: Diagnostics,
}

/// Why there is no schema.
#[derive(Debug)]
pub struct Failure {
    /// All that was found, sorted; at least one is an error.
    pub diagnostics: Diagnostics,
    /// The files, for rendering.
    pub sources: Sources,
}

#[cfg(test)]
mod tests;
