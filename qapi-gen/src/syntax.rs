//! The form of a schema, not its meaning: tokens, expressions, documentation comments and included files.

pub mod ast;
mod detect;
pub mod doc;
mod faults;
// The parser that pest generates from `qapi.pest`; `cargo xtask regen` writes it.
#[rustfmt::skip]
mod grammar;
mod include;
mod load;
mod parse;
mod pragma;
mod string;
mod token;

#[cfg(feature = "import")]
pub(crate) use detect::tree_version;
#[cfg(any(feature = "fmt", feature = "lint"))]
pub(crate) use doc::style::narrow_gap;
#[cfg(feature = "lint")]
pub(crate) use doc::style::{Literal, WIDTH, is_long};
pub use load::load;

#[cfg(test)]
mod tests;
