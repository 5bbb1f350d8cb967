//! Tokens to text, laid out to be read.
//!
//! A printer for what this crate generates: items, fields, calls and matches, in the style of rustfmt. It takes tokens as
//! they come, without parsing them, so whatever a user adds is printed too, and costs a fraction of a parser and a
//! general printer. It chooses white space, trailing commas, and braces around the one expression of a closure or an arm; the
//! code stays what it is.
//!
//! First the tokens are put in a row ([`read`]), with what has to stand between any two of them ([`spacing`]) and what each
//! delimiter holds ([`token`]); the row knows how wide each part of it is ([`tape`]); then it is broken into lines
//! ([`layout`]).

mod layout;
mod read;
mod spacing;
mod tape;
mod token;

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
    let tape = Tape::new(tokens, style.runtime, style.wrap);
    layout::lines(&tape, docs, indent, if style.wrap { WIDTH } else { usize::MAX })
}

#[cfg(test)]
mod tests;
