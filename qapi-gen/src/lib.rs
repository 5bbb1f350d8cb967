//! A compiler from QAPI schemas to Rust.
//!
//! QAPI is the schema language in which QEMU declares its management interface: enums, structs, unions,
//! alternates, commands and events. QMP is the JSON protocol that those declarations describe. This crate
//! turns a schema into Rust that runs on `qapi-runtime`: types, handler traits for a server, events,
//! introspection and documentation.
//!
//! A build script uses [`Builder`]; the `qapi-gen` command does the same from a shell:
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), qapi_gen::Error> {
//!     qapi_gen::Builder::new().compile("schemas/qapi-schema.json")
//! }
//! ```
//!
//! # Features
//!
//! A build script needs none of these features and builds faster with `default-features = false`.
//! The exceptions are `Builder::compile_answer`, `Builder::compile_merged` and `Builder::compile_devices`, which need
//! `import`.
//!
//! * `cli` (default): the `qapi-gen` command with all its subcommands; enables the other features.
//! * `compat`: compares two schemas and judges what each change means for clients.
//! * `fmt`: formats schema files.
//! * `import`: makes schemas from answers to `query-qmp-schema`, finds out the defines of a server from one, makes one
//!   schema of several, and makes types of devices from what a QEMU says of them.
//! * `lint`: gives advice on schemas.

mod builder;
#[cfg(feature = "compat")]
mod compat;
#[cfg(feature = "import")]
mod compose;
#[cfg(feature = "import")]
mod defines;
#[cfg(feature = "import")]
mod devices;
mod diagnostic;
mod driver;
mod error;
#[cfg(feature = "fmt")]
mod fmt;
mod generated;
mod ids;
#[cfg(feature = "import")]
mod import;
mod introspect;
mod language;
#[cfg(feature = "lint")]
mod lint;
mod loader;
#[cfg(feature = "import")]
mod merge;
mod output;
mod pattern;
mod protocol;
mod rust;
mod schema;
mod source;
#[doc(hidden)]
pub mod stages;
mod syntax;
#[cfg(any(feature = "compat", feature = "import"))]
mod wire;

pub use builder::Builder;
pub use error::Error;
pub use generated::Generated;
pub use language::Language;
pub use rust::{Conditions, Handlers};
