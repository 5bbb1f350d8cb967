//! The protocol's own modules, generated from `schemas/protocol.json` by `cargo xtask regen`.

#[rustfmt::skip]
#[allow(unreachable_pub, unused_imports, reason = "the root of a schema is for users who include one")]
mod protocol;

pub use protocol::{control, introspect};

use crate::schema::{Speaks, Untyped};

impl Speaks<control::__Module> for Untyped {}
impl Speaks<introspect::__Module> for Untyped {}
