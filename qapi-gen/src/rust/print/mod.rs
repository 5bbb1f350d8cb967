//! Tokens to text, laid out to be read.
//!
//! A printer for what this crate generates: items, fields, calls and matches, in the style of rustfmt. It takes tokens as
//! they come, without parsing them, so whatever a user adds is printed too, and costs a fraction of a parser and a
//! general printer. It chooses white space and trailing commas only; the code stays what it is.
//!
//! First the tokens are put in a row, with what has to stand between any two of them ([`tape`], [`spacing`]); then the row
//! is broken into lines ([`layout`]).

mod layout;
mod spacing;
mod tape;

use proc_macro2::TokenStream;
use std::borrow::Cow;
use tape::Tape;

/// How wide lines are where that is asked for, as rustfmt has it.
const WIDTH: usize = 100;

/// What is the same for all that is printed.
#[derive(Clone, Copy)]
pub(super) struct Style<'a> {
    /// The path of the runtime.
    pub(super) runtime: &'a str,
    /// Whether long lines are broken.
    pub(super) wrap: bool,
}

/// The tokens as text, `indent` levels deep; it ends with a line break unless it is empty. Where the tokens say
/// `__Doc3`, `docs[3]` is written as comments.
pub(super) fn print(tokens: TokenStream, docs: &[Cow<str>], indent: usize, style: Style) -> String {
    let tape = Tape::new(tokens, style.runtime);
    layout::lines(&tape, docs, indent, if style.wrap { WIDTH } else { usize::MAX })
}

#[cfg(test)]
mod tests;
