//! The form of a schema, not its meaning: tokens, expressions, documentation comments, and which files there are.

pub mod ast;
pub mod doc;
mod faults;
mod grammar;
mod include;
mod load;
mod parse;
mod pragma;
mod string;
mod token;

pub(crate) use doc::style::{Literal, WIDTH, is_long, narrow_gap};
pub use load::load;

#[cfg(test)]
mod tests;
