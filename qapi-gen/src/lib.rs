//! A compiler from QAPI schemas to Rust.

pub mod diagnostic;
pub mod introspect;
pub mod loader;
pub mod schema;
pub mod source;
pub mod syntax;
