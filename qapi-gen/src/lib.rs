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
//! * `cli` (default): the `qapi-gen` command. A build script does without it: `default-features = false`.

mod builder;
mod compat;
mod diagnostic;
mod driver;
mod error;
mod fmt;
mod generated;
mod ids;
mod introspect;
mod language;
mod lint;
mod loader;
mod output;
mod protocol;
mod rust;
mod schema;
mod source;
#[doc(hidden)]
pub mod stages;
mod syntax;

pub use builder::Builder;
pub use error::Error;
pub use generated::Generated;
pub use language::Language;
pub use rust::{Conditions, Handlers};
