//! Spells integers whose width is not known.

use super::definition::{Definition, WIDE_INTEGER};
use crate::schema::Builtin;

/// What the root file says if the widths of some integers are not known.
pub(super) const COMMENT: &str = "# The widths of some integers are not known. Here 'int' is any integer of 64 bits, signed or \
unsigned:\n# qapi-gen: integers(wide)\n";

/// Spells all integers as the language does. If some are of unknown width, `int` stands for them, and `int64` for those
/// that would be `int` otherwise. Returns whether there are any.
pub(super) fn spell(definitions: &mut [Definition<'_>]) -> bool {
    let mut all: Vec<&mut String> = definitions.iter_mut().flat_map(Definition::references_mut).collect();
    let wide = all.iter().any(|name| *name == WIDE_INTEGER);
    for name in all.iter_mut().filter(|_| wide) {
        let builtin = match name.as_str() {
            WIDE_INTEGER => Builtin::Int,
            known if known == Builtin::Int.name() => Builtin::Int64,
            _ => continue,
        };
        builtin.name().clone_into(name);
    }
    wide
}
