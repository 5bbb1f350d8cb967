//! The stages of the compiler, for the tools of this workspace: the command, the tests, `xtask`, the fuzzer.
//!
//! Nothing here is stable: any version may change it. A build script has all that it needs at the root of the crate.
//!
//! A schema passes through the stages in this order: [`loader`] finds files, [`source`] holds them, [`syntax`] parses
//! them, [`schema`] checks their meaning, and [`rust`], [`introspect`], `compat` or `lint` use the result. Every stage
//! reports errors and warnings as [`diagnostic`]s.

#[cfg(feature = "import")]
pub use crate::driver::{DevicesError, Labelled, compile_devices, read_devices};
#[cfg(feature = "import")]
pub use crate::driver::{Peer, PeersError, load_made, merge_peers};
pub use crate::driver::{compile, load, newest_version, outline};
pub use crate::output::write_if_changed;

/// Declares a module that re-exports the items of each stage.
macro_rules! stages {
    ($($(#[$gate:meta])* $name:ident: $summary:literal;)*) => {$(
        #[doc = $summary]
        $(#[$gate])*
        pub mod $name {
            pub use crate::$name::*;
        }
    )*};
}

stages! {
    #[cfg(feature = "compat")]
    compat: "What changed between two schemas, and what it means for clients.";
    #[cfg(feature = "import")]
    compose: "The files of a new schema.";
    #[cfg(feature = "import")]
    defines: "The defines that a server was built with, from its answer to `query-qmp-schema`.";
    #[cfg(feature = "import")]
    devices: "Devices of QEMU, as it describes them.";
    diagnostic: "Errors, warnings and advice.";
    #[cfg(feature = "fmt")]
    fmt: "The canonical layout of schema files.";
    ids: "Ids, and the vectors that take them as indices.";
    #[cfg(feature = "import")]
    import: "Schemas from answers to `query-qmp-schema`.";
    introspect: "The answer to `query-qmp-schema`.";
    language: "Versions of the schema language, and the rules that differ between them.";
    #[cfg(feature = "lint")]
    lint: "Advice to the authors of schemas.";
    loader: "All access to schema files.";
    #[cfg(feature = "import")]
    merge: "One schema of several.";
    rust: "The back end for Rust.";
    schema: "The checked schema, and the checks.";
    source: "The text of schema files.";
    syntax: "The form of schema files.";
    #[cfg(any(feature = "compat", feature = "import"))]
    wire: "A schema as its clients see it.";
}
