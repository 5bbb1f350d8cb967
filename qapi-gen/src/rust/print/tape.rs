//! The row of tokens, with prefix sums that answer the questions of the layout.

use super::read;
use super::token::{Kind, Role, Token};
use proc_macro2::TokenStream;

/// The row.
pub(super) struct Tape {
    text: String,
    pub(super) tokens: Vec<Token>,
    /// The width of all tokens before each one, on one line. Has one entry more than there are tokens.
    widths: Vec<u32>,
    /// The number of tokens before each one that need lines of their own.
    breaks: Vec<u32>,
}

impl Tape {
    /// The tokens; `runtime` is the path of the runtime, and `limits` says whether rustfmt's limits hold.
    pub(super) fn new(tokens: TokenStream, runtime: &str, limits: bool) -> Self {
        let (text, tokens) = read::read(tokens, runtime);
        let mut widths = Vec::with_capacity(tokens.len() + 1);
        let mut width = 0;
        widths.push(width);
        for token in &tokens {
            if token.role != Role::Trailing {
                width += token.end - token.start + u32::from(token.space);
            }
            widths.push(width);
        }
        let mut tape = Tape { text, tokens, widths, breaks: Vec::new() };
        let mut breaks = Vec::with_capacity(tape.tokens.len() + 1);
        let mut count = 0;
        breaks.push(count);
        for index in 0..tape.tokens.len() {
            count += u32::from(tape.breaks_at(index, limits));
            breaks.push(count);
        }
        tape.breaks = breaks;
        tape
    }

    /// Whether the token needs lines: documentation, or a delimiter whose contents do not stay on one line.
    fn breaks_at(&self, index: usize, limits: bool) -> bool {
        let Token { kind, role, mate, .. } = self.tokens[index];
        let close = mate as usize;
        match kind {
            Kind::Doc => true,
            Kind::Open(_) if close == index + 1 => false,
            Kind::Open(_) if role.has_lines() => true,
            // A list of derived traits may be as wide as the line.
            Kind::Open(_) if role == Role::Attribute && self.text(index - 1) == "derive" => false,
            Kind::Open(_) if limits => {
                let width = self.width(index + 1, close);
                width > role.limit(true)
                    && width > role.limit(self.end_of_element(index + 1, close) + 1 < close)
                    || role != Role::Parameters && self.has_attributes(index + 1, close)
            }
            _ => false,
        }
    }

    /// Whether an element has an attribute, which needs a line of its own.
    fn has_attributes(&self, start: usize, end: usize) -> bool {
        // In a list with attributes most elements have one, but not always the first.
        let mut next = start;
        while next < end {
            if self.tokens[next].role == Role::Attribute {
                return self.is(next - 1, "#");
            }
            next = self.after(next);
        }
        false
    }

    pub(super) fn text(&self, index: usize) -> &str {
        let Token { start, end, .. } = self.tokens[index];
        &self.text[start as usize..end as usize]
    }

    /// The width of the tokens from `start` to `end` on one line, without the blank before the first.
    pub(super) fn width(&self, start: usize, end: usize) -> usize {
        if start >= end {
            return 0;
        }
        (self.widths[end] - self.widths[start]) as usize - usize::from(self.tokens[start].space)
    }

    /// Whether any of the tokens needs lines of its own.
    pub(super) fn has_breaks(&self, start: usize, end: usize) -> bool {
        self.breaks[end] > self.breaks[start]
    }

    /// The token after this one, or after its closing delimiter.
    pub(super) fn after(&self, index: usize) -> usize {
        match self.tokens[index].kind {
            Kind::Open(_) => self.tokens[index].mate as usize + 1,
            _ => index + 1,
        }
    }

    pub(super) fn is(&self, index: usize, mark: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == Kind::Mark) && self.text(index) == mark
    }

    /// Whether the token is this mark as a separator.
    pub(super) fn parts(&self, index: usize, mark: &str) -> bool {
        self.tokens[index].role != Role::Inner && self.is(index, mark)
    }

    /// The first accepted token of this level from `start` to `end`.
    pub(super) fn find(&self, start: usize, end: usize, accept: impl Fn(usize) -> bool) -> Option<usize> {
        let mut next = start;
        while next < end {
            if accept(next) {
                return Some(next);
            }
            next = self.after(next);
        }
        None
    }

    /// The end of the element that starts here: its comma, or `end`.
    pub(super) fn end_of_element(&self, start: usize, end: usize) -> usize {
        self.find(start, end, |index| self.parts(index, ",")).unwrap_or(end)
    }
}
