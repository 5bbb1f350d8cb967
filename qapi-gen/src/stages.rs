//! The stages of the compiler, for the tools of this workspace: the command, the tests, `xtask`, the fuzzer.
//!
//! Nothing here is promised: any version may change it. A build script has all that it needs at the root of the crate.
//!
//! A schema passes through the stages in this order: [`loader`] finds files, [`source`] holds them, [`syntax`] knows their
//! form, [`schema`] their meaning, and [`rust`], [`introspect`], [`compat`] or [`lint`] make something of it. What there is
//! to say about a schema on the way is a [`diagnostic`].

pub use crate::driver::{compile, load};
pub use crate::output::write_if_changed;

/// Declares a module that has what a stage shows.
macro_rules! stages {
    ($($name:ident: $summary:literal;)*) => {$(
        #[doc = $summary]
        pub mod $name {
            pub use crate::$name::*;
        }
    )*};
}

stages! {
    compat: "What changed between two schemas, and what it means for clients.";
    diagnostic: "What there is to say about a schema.";
    fmt: "The canonical layout of schema files.";
    ids: "Ids, and the vectors that take them as indices.";
    introspect: "The answer to `query-qmp-schema`.";
    language: "The versions of the schema language.";
    lint: "Advice to the authors of schemas.";
    loader: "The only door to schema files.";
    rust: "The back end for Rust.";
    schema: "The checked schema, and the checks.";
    source: "The text of schema files.";
    syntax: "The form of schema files.";
}
