//! Lays out delimiters that do not fit on their line, and their contents.

use super::{Layout, STEP};
use crate::rust::print::token::{Kind, Role};

/// The width up to which elements share lines: rustfmt's default.
const SHORT: usize = 10;

impl Layout<'_> {
    /// The delimiters that begin at `open`; `more` is the width of the text after them.
    pub(super) fn group(&mut self, open: usize, indent: usize, more: usize) {
        let token = self.tape.tokens[open];
        let (start, close) = (open + 1, token.mate as usize);
        if start == close || self.fits(open, close + 1, more) {
            return self.flat(open, close + 1);
        }
        self.flat(open, start);
        match token.role {
            Role::Items | Role::Statements | Role::Block | Role::Arms | Role::Fields => {
                self.block(start, close, indent + 1, token.role);
                self.newline(indent);
            }
            Role::Names => self.filled(start, close, indent),
            _ => self.list(open, indent, more),
        }
        self.flat(close, close + 1);
    }

    fn list(&mut self, open: usize, indent: usize, more: usize) {
        let (start, close) = (open + 1, self.tape.tokens[open].mate as usize);
        let role = self.tape.tokens[open].role;
        if let Some((start, end)) = self.held(open)
            && self.is_opened(self.column() + 1 + more, start, end)
            && !(role == Role::Macro && self.is_better_below(start, end, indent))
        {
            return self.expression(start, end, indent, more + 1);
        }
        if matches!(role, Role::Array | Role::Arguments) && self.is_short_list(start, close) {
            return self.filled(start, close, indent);
        }
        let commas = match role {
            // Only the macro knows whether it accepts a comma.
            Role::Macro | Role::Attribute | Role::Inner => false,
            // A comma would turn a parenthesised expression into a tuple, and a slice type has none.
            Role::Enclosed => self.tape.end_of_element(start, close) < close,
            _ => true,
        };
        self.elements(open, indent, commas);
    }

    /// Whether the call in a macro fits on a line of its own, or needs more than one level of lines.
    fn is_better_below(&self, start: usize, end: usize, indent: usize) -> bool {
        let is_line =
            self.dots(start, end).last().is_some_and(|&dot| self.fits_at((indent + 2) * STEP, dot, end, 0));
        is_line || self.last_group(start, end).is_some_and(|open| !self.is_flat_list(open, indent + 1))
    }

    /// Whether each element fits on a line.
    fn is_flat_list(&self, open: usize, indent: usize) -> bool {
        let close = self.tape.tokens[open].mate as usize;
        let mut next = open + 1;
        while next < close {
            let stop = self.tape.end_of_element(next, close);
            if !self.fits_at(indent * STEP, next, stop, 1) {
                return false;
            }
            next = stop + 1;
        }
        true
    }

    /// A line for each element, with a comma after the last one if `commas` allows it.
    pub(super) fn elements(&mut self, open: usize, indent: usize, commas: bool) {
        let is_parameters = self.tape.tokens[open].role == Role::Parameters;
        let (start, end) = (open + 1, self.tape.tokens[open].mate as usize);
        let mut next = start;
        while next < end {
            self.newline(indent + 1);
            let stop = self.tape.end_of_element(next, end);
            let has_comma = commas || stop < end && self.tape.tokens[stop].role != Role::Trailing;

            // rustfmt does not count the word `impl` of a type.
            let impls = self.tape.find(next, stop, |index| self.tape.text(index) == "impl");
            let column = self.column() - if impls.is_some() { "impl ".len() } else { 0 };
            if is_parameters && self.fits_at(column, next, stop, 1) {
                self.flat(next, stop);
            } else if is_parameters {
                self.generics(next, stop, indent + 1);
            } else {
                let element = self.attributes(next, stop, indent + 1);
                self.expression(element, stop, indent + 1, 1);
            }
            if has_comma {
                self.out.push(',');
            }
            next = stop + 1;
        }
        self.newline(indent);
    }

    /// Whether all elements are short, and no paths or calls.
    fn is_short_list(&self, start: usize, end: usize) -> bool {
        let mut next = start;
        while next < end {
            let stop = self.tape.end_of_element(next, end);
            let is_complex = |index: usize| {
                matches!(self.tape.tokens[index].kind, Kind::Open(_)) || self.tape.is(index, "::")
            };
            if (next..stop).any(is_complex) || self.tape.width(next, stop) > SHORT {
                return false;
            }
            next = stop + 1;
        }
        true
    }

    /// As many elements on a line as fit.
    fn filled(&mut self, start: usize, end: usize, indent: usize) {
        self.newline(indent + 1);
        let mut next = start;
        while next < end {
            let stop = self.tape.end_of_element(next, end);
            if next > start {
                if self.fits(next, stop, 3) {
                    self.out.push(' ');
                } else {
                    self.newline(indent + 1);
                }
            }
            self.flat(next, stop);
            self.out.push(',');
            next = stop + 1;
        }
        self.newline(indent);
    }
}
