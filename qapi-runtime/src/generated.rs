//! The protocol's own modules, generated from `schemas/protocol.json` by `cargo xtask regen`.

#[rustfmt::skip]
mod protocol;

pub use protocol::{control, introspect};
