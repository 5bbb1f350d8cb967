//! The form of a schema, not its meaning: tokens, expressions, documentation comments, and which files there are.

pub mod ast;
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

pub use load::{Options, load};

#[cfg(test)]
mod tests;
