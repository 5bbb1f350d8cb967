//! The form of a schema, not its meaning: tokens, expressions, documentation comments, and which files there are.

pub mod ast;
pub mod doc;
mod load;

pub use load::{Options, load};
