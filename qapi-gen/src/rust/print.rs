//! Prints tokens as readable text.
//!
//! A printer for the code that this crate generates: items, fields, calls and matches, in the style of rustfmt. It does
//! not parse the tokens, so it prints any code that a user adds, at a fraction of the cost of a parser and a general
//! printer. It chooses white space, trailing commas, and braces around the single expression of a closure or an arm; it
//! changes nothing else.
//!
//! [`read`] puts the tokens in a row, with the space between any two of them ([`spacing`]) and the role of each
//! delimiter ([`token`]). [`tape`] computes the width of any part of the row, and [`layout`] breaks it into lines.

mod layout;
mod read;
mod spacing;
mod tape;
mod token;

use proc_macro2::TokenStream;
use std::borrow::Cow;
use tape::Tape;

/// The width limit of lines if long lines are broken: rustfmt's default.
const WIDTH: usize = 100;

/// The settings of the printer.
#[derive(Clone, Copy)]
pub(super) struct Style<'a> {
    /// The path of the runtime.
    pub(super) runtime: &'a str,
    /// Whether long lines are broken.
    pub(super) wrap: bool,
}

/// Prints the tokens, `indent` levels deep. The text ends with a line break unless it is empty. The token `__Doc3` is
/// printed as the comment `docs[3]`.
pub(super) fn print(tokens: TokenStream, docs: &[Cow<str>], indent: usize, style: Style) -> String {
    let tape = Tape::new(tokens, style.runtime, style.wrap);
    layout::lines(&tape, docs, indent, if style.wrap { WIDTH } else { usize::MAX })
}

#[cfg(test)]
mod tests;
