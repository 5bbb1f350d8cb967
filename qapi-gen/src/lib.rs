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
//! # How a schema passes through
//!
//! [`loader`] finds files, [`source`] holds them, [`syntax`] knows their form, [`schema`] their meaning, and
//! [`rust`] or [`introspect`] make something of it. What there is to say about a schema on the way is a
//! [`diagnostic`].
//!
//! # Features
//!
//! * `cli` (default): the `qapi-gen` command. A build script does without it: `default-features = false`.

mod builder;
pub mod compat;
pub mod diagnostic;
mod driver;
pub mod fmt;
pub mod ids;
pub mod introspect;
pub mod language;
pub mod lint;
pub mod loader;
mod output;
mod protocol;
pub mod rust;
pub mod schema;
pub mod source;
pub mod syntax;

pub use builder::{Builder, Error, Generated};
pub use driver::{Compiled, compile, load};
pub use language::Language;
pub use output::write_if_changed;
pub use rust::{Conditions, Handlers};
