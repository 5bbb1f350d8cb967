//! Tokens in a row, as text, with what layout asks of them at hand.

use super::read;
use super::token::{Kind, Role, Token};
use proc_macro2::TokenStream;

/// The row.
pub(super) struct Tape {
    text: String,
    pub(super) tokens: Vec<Token>,
    /// How wide all tokens before this one are in a line; one more than there are tokens.
    widths: Vec<u32>,
    /// How many of the tokens before this one need lines of their own.
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

    /// Whether the token needs lines: it is documentation, or opens what does not stay in one line.
    fn breaks_at(&self, index: usize, limits: bool) -> bool {
        let Token { kind, role, mate, .. } = self.tokens[index];
        let close = mate as usize;
        match kind {
            Kind::Doc => true,
            Kind::Open(_) if close == index + 1 => false,
            Kind::Open(_) if role.has_lines() => true,
            // The traits that are derived may be as many as fit.
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

    /// Whether an element has an attribute, which stands in a line of its own.
    fn has_attributes(&self, start: usize, end: usize) -> bool {
        // Where attributes stand in a list, most elements have one, but not always the first.
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

    /// How wide the tokens from `start` up to `end` are in one line, without the blank before the first.
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

    /// The token after this one, or after what this one opens.
    pub(super) fn after(&self, index: usize) -> usize {
        match self.tokens[index].kind {
            Kind::Open(_) => self.tokens[index].mate as usize + 1,
            _ => index + 1,
        }
    }

    pub(super) fn is(&self, index: usize, mark: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == Kind::Mark) && self.text(index) == mark
    }

    /// Whether the token is this mark, and parts what stands around it.
    pub(super) fn parts(&self, index: usize, mark: &str) -> bool {
        self.tokens[index].role != Role::Inner && self.is(index, mark)
    }

    /// The first token of this level, from `start` up to `end`, that is accepted.
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

    /// Where the element ends that starts here: at its comma, or the end.
    pub(super) fn end_of_element(&self, start: usize, end: usize) -> usize {
        self.find(start, end, |index| self.parts(index, ",")).unwrap_or(end)
    }
}
