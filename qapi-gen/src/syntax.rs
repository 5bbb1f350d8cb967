//! The form of a schema, not its meaning: tokens, expressions, documentation comments, and which files there are.

pub mod ast;
mod detect;
pub mod doc;
mod faults;
// What pest makes of `qapi.pest`: `cargo xtask regen` writes it.
#[rustfmt::skip]
mod grammar;
mod include;
mod load;
mod parse;
mod pragma;
mod string;
mod token;

#[cfg(any(feature = "fmt", feature = "lint"))]
pub(crate) use doc::style::narrow_gap;
#[cfg(feature = "lint")]
pub(crate) use doc::style::{Literal, WIDTH, is_long};
pub use load::load;

#[cfg(test)]
mod tests;
