//! Lays out expressions that do not fit on their line.

use super::{Layout, STEP};
use crate::rust::print::token::{Kind, Role};
use proc_macro2::Delimiter;

impl Layout<'_> {
    /// An expression, from the current column; `more` is the width of the text after it.
    pub(super) fn expression(&mut self, start: usize, end: usize, indent: usize, more: usize) {
        if start >= end {
            return;
        }
        if self.fits(start, end, more) {
            return self.flat(start, end);
        }
        if let Some(body) = self.body_of_closure(start, end) {
            self.flat(start, body);
            self.out.push(' ');
            return if self.is_block(body, end) || self.has_lines(body, end) {
                self.expression(body, end, indent, more)
            } else if self.fits(body, end, more) {
                self.flat(body, end)
            } else {
                self.braced(body, end, indent)
            };
        }
        if let Some(open) = self.lines_of(start, end) {
            self.expression(start, open, indent, 2);
            if open > start {
                self.space(open);
            }
            self.group(open, indent, more);
            return self.rest(open, end, indent, more);
        }
        if self.chain(start, end, indent, more) {
            return;
        }
        let Some(open) = self.last_group(start, end) else { return self.sum(start, end, indent + 1) };
        self.flat(start, open);
        if open > start {
            self.space(open);
        }
        self.group(open, indent, more + self.tape.width(self.tape.after(open), end));
        self.rest(open, end, indent, more);
    }

    /// The tokens after a group.
    fn rest(&mut self, open: usize, end: usize, indent: usize, more: usize) {
        let next = self.tape.after(open);
        if next < end {
            self.space(next);
            self.expression(next, end, indent, more);
        }
    }

    /// Whether the value has lines of its own, and needs no braces around it.
    fn has_lines(&self, start: usize, end: usize) -> bool {
        match self.tape.text(start) {
            "match" | "async" | "loop" => true,
            _ => self.last_group(start, end).is_some_and(|open| {
                self.tape.tokens[open].role == Role::Literal && self.tape.after(open) == end
            }),
        }
    }

    /// The start of a closure's body, if the expression is a closure.
    pub(super) fn body_of_closure(&self, start: usize, end: usize) -> Option<usize> {
        let first = start + usize::from(self.tape.text(start) == "move");
        let body = if self.tape.is(first, "||") {
            first + 1
        } else {
            let bars = self.tape.is(first, "|").then_some(first + 1)?;
            self.tape.find(bars, end, |index| self.tape.is(index, "|"))? + 1
        };
        (body < end).then_some(body)
    }

    /// The group to break: the last one that has to be broken, otherwise the last one.
    pub(super) fn last_group(&self, start: usize, end: usize) -> Option<usize> {
        let mut found = None;
        let mut next = start;
        while next < end {
            let after = self.tape.after(next);
            let token = self.tape.tokens[next];
            if matches!(token.kind, Kind::Open(_)) && after > next + 2 && token.role != Role::Inner {
                let must = self.tape.has_breaks(next, after);
                if must || !found.is_some_and(|(_, must)| must) {
                    found = Some((next, must));
                }
            }
            next = after;
        }
        found.map(|(open, _)| open)
    }

    /// Prints a chain of method calls with one call on each line, unless breaking only the last call is better. Returns
    /// whether it printed one.
    fn chain(&mut self, start: usize, end: usize, indent: usize, more: usize) -> bool {
        let dots = self.dots(start, end);
        let Some(&last) = dots.last() else { return false };
        let column = (indent + 1) * STEP;
        let in_line = self.fits(start, last, 0) && self.is_opened(self.column(), start, end);
        if in_line && !self.fits_at(column, last, end, more) {
            return false;
        }
        let line = self.line;
        self.expression(start, dots[0], indent, 0);
        // After several lines the next call is indented enough.
        let indent = if self.line == line { indent } else { indent - 1 };
        for (index, &dot) in dots.iter().enumerate() {
            self.newline(indent + 1);
            let stop = dots.get(index + 1).copied().unwrap_or(end);
            if stop < end || self.fits_at(column, dot, stop, more) {
                self.flat(dot, stop);
            } else if let Some(open) = self.last_group(dot, stop) {
                self.flat(dot, open);
                self.group(open, indent + 1, more);
                self.rest(open, stop, indent + 1, more);
            } else {
                self.flat(dot, stop);
            }
        }
        true
    }

    /// The dots before methods, except after a name that is no wider than a level of indentation.
    pub(super) fn dots(&self, start: usize, end: usize) -> Vec<usize> {
        let mut dots = Vec::new();
        let mut next = start;
        while next < end {
            if self.tape.parts(next, ".") && self.tape.width(start, next) > STEP {
                dots.push(next);
            }
            next = self.tape.after(next);
        }
        dots
    }

    /// Whether the first line fits from this column, when the expression is broken in its last delimiters.
    pub(super) fn is_opened(&self, column: usize, start: usize, end: usize) -> bool {
        let body = self.body_of_closure(start, end);
        let open = match (self.lines_of(start, end), body) {
            (None, Some(body)) if !self.has_lines(body, end) => None,
            (None, _) => self.last_group(start, end),
            (open, _) => open,
        };
        let (stop, more) = match (open, body) {
            (Some(open), _) => (open + 1, 0),
            // With a blank, a brace, and the margin that rustfmt keeps.
            (None, Some(body)) => (body, 3),
            (None, None) => return false,
        };
        self.has_room(column + self.tape.width(start, stop) + more)
    }

    /// The number of line breaks of the expression from this column, counted through nested calls.
    pub(super) fn breaks_in(
        &self,
        column: usize,
        indent: usize,
        (start, end): (usize, usize),
        more: usize,
    ) -> usize {
        if self.fits_at(column, start, end, more) {
            return 0;
        }
        let Some(open) = self.last_group(start, end) else { return 0 };
        if let Some((from, to)) = self.held(open) {
            let column = column + self.tape.width(start, from);
            return if self.is_opened(column + 1 + more, from, to) {
                self.breaks_in(column, indent, (from, to), more + 1)
            } else {
                2 + self.breaks_in((indent + 1) * STEP, indent + 1, (from, to), 1)
            };
        }
        let close = self.tape.tokens[open].mate as usize;
        let mut breaks = 1;
        let mut next = open + 1;
        while next < close {
            let stop = self.tape.end_of_element(next, close);
            breaks += 1 + self.breaks_in((indent + 1) * STEP, indent + 1, (next, stop), 1);
            next = stop + 1;
        }
        breaks
    }

    /// The current column.
    pub(super) fn column(&self) -> usize {
        self.out.len() - self.line
    }

    /// The only element of a group, if it stays on the group's line and is broken inside its own delimiters.
    pub(super) fn held(&self, open: usize) -> Option<(usize, usize)> {
        let token = self.tape.tokens[open];
        let (start, close) = (open + 1, token.mate as usize);
        if !token.role.is_list() {
            return None;
        }
        let end = self.tape.end_of_element(start, close);
        let is_one = end == close || self.tape.tokens[end].role == Role::Trailing;
        if start == end || !is_one || self.tape.is(start, "#") {
            return None;
        }
        if self.body_of_closure(start, end).is_some() || self.tape.text(start) == "match" {
            return Some((start, end));
        }
        let last = self.last_group(start, end)?;
        let ends =
            self.tape.after(last) == end && self.dots(start, end).is_empty() == (token.role != Role::Macro);
        let role = self.tape.tokens[last].role;
        let is_list = role.is_list() && (role != Role::Enclosed || token.role == Role::Array)
            || role == Role::Literal
            || self.tape.tokens[last].kind == Kind::Open(Delimiter::Brace);
        (ends && is_list).then_some((start, end))
    }

    /// An expression without delimiters is broken before each `+`.
    pub(super) fn sum(&mut self, start: usize, end: usize, indent: usize) {
        let mut from = start;
        for index in start..end {
            if self.tape.is(index, "+") && index > start {
                self.flat(from, index);
                self.newline(indent);
                from = index;
            }
        }
        self.flat(from, end);
    }
}
