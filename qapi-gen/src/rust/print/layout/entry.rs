//! Lays out the entries of a block: items, statements, fields, arms.

use super::{Layout, STEP};
use crate::rust::print::token::{Kind, Role};
use proc_macro2::Delimiter;

impl Layout<'_> {
    /// An entry of a block with this `role`, from the current column, with the mark after it.
    pub(super) fn entry(&mut self, start: usize, stop: usize, indent: usize, role: Role) {
        if start == stop {
            return;
        }
        let mark = self.tape.parts(stop - 1, ",") || self.tape.parts(stop - 1, ";");
        let end = if mark { stop - 1 } else { stop };
        match role {
            Role::Arms => self.arm(start, end, indent),
            Role::Fields => {
                self.field(start, end, indent);
                self.out.push(',');
            }
            _ => {
                self.statement(start, end, indent, usize::from(mark));
                self.flat(end, stop);
            }
        }
    }

    /// An item or a statement; `more` is the width of the text after it.
    fn statement(&mut self, start: usize, end: usize, indent: usize, more: usize) {
        if start == end {
            return;
        }
        let last = self.tape.tokens[end - 1];
        // rustfmt breaks a list of names one column earlier, and after an absolute path two.
        let is_list =
            last.kind == Kind::Close(Delimiter::Brace) && self.role(last.mate as usize) == Role::Names;
        let is_absolute = is_list
            && (start..end)
                .take(3)
                .any(|index| self.tape.is(index, "::") && self.tape.tokens[index].space > 0);
        let more = more + usize::from(is_list) + usize::from(is_absolute);
        if self.fits(start, end, more) {
            return self.flat(start, end);
        }
        let block = self.lines_of(start, end);
        let head = block.unwrap_or(end);
        let behind = if block.is_some() { 2 } else { more };
        let parameters = self.tape.find(start, head, |index| self.role(index) == Role::Parameters);
        let equals = self.tape.find(start, head, |index| self.tape.parts(index, "="));
        match (parameters, equals, block) {
            (Some(open), ..) => self.signature(start, open, head, indent, behind),
            (None, Some(equals), None) => return self.assignment(start, equals, end, indent, more),
            (None, _, Some(open)) if self.tape.text(start) == "impl" => {
                if self.implementation(start, head, indent) {
                    self.newline(indent);
                } else {
                    self.out.push(' ');
                }
                return self.group(open, indent, more);
            }
            _ => return self.expression(start, end, indent, more),
        }
        if let Some(open) = block {
            self.out.push(' ');
            self.group(open, indent, more);
        }
    }

    /// The first braces of this level that have lines of their own.
    pub(super) fn lines_of(&self, start: usize, end: usize) -> Option<usize> {
        self.tape.find(start, end, |index| {
            let token = self.tape.tokens[index];
            token.kind == Kind::Open(Delimiter::Brace)
                && (token.role.has_lines() || token.role == Role::Block)
                && self.tape.has_breaks(index, token.mate as usize)
        })
    }

    /// The head of a function, whose parameters begin at `open`.
    fn signature(&mut self, start: usize, open: usize, end: usize, indent: usize, more: usize) {
        if self.fits(start, end, more) {
            return self.flat(start, end);
        }
        let close = self.tape.tokens[open].mate as usize;
        self.flat(start, open + 1);
        if open + 1 < close {
            self.elements(open, indent, true);
        }
        self.flat(close, close + 1);
        if close + 1 < end {
            self.space(close + 1);
            self.returned(close + 1, end, indent, more);
        }
    }

    /// The return type of a function, after its parameters. For bounds, rustfmt does not count the text before them.
    fn returned(&mut self, start: usize, end: usize, indent: usize, more: usize) {
        let plus = (start..end).find(|&index| self.tape.parts(index, "+"));
        match plus {
            Some(plus) if !self.fits(start, end, more) && !self.fits_at(0, start, end, 3) => {
                if self.fits(start, plus, 3) {
                    return self.sum(start, end, indent);
                }
                self.generics(start, plus, indent);
                self.space(plus);
                self.flat(plus, end);
            }
            _ => self.flat(start, end),
        }
    }

    /// A type, with the contents of its angle brackets on lines of their own.
    pub(super) fn generics(&mut self, start: usize, end: usize, indent: usize) {
        let open = (start..end).find(|&index| self.tape.is(index, "<"));
        let Some(open) = open.filter(|open| open + 2 < end) else { return self.flat(start, end) };
        self.flat(start, open + 1);
        self.newline(indent + 1);
        // rustfmt does not count the comma here either.
        if self.fits(open + 1, end - 1, 0) {
            self.flat(open + 1, end - 1);
        } else {
            self.sum(open + 1, end - 1, indent + 2);
        }
        self.out.push(',');
        self.newline(indent);
        self.flat(end - 1, end);
    }

    /// The head of an `impl`. Returns whether it has more than one line.
    fn implementation(&mut self, start: usize, end: usize, indent: usize) -> bool {
        // rustfmt does not count the two characters after it.
        if self.fits(start, end, 0) {
            self.flat(start, end);
            return false;
        }
        let is_generic = self.tape.is(start + 1, "<");
        let rest = match is_generic {
            true => (start + 2..end).find(|&index| self.role(index) != Role::Inner).unwrap_or(end),
            false => start + 1,
        };
        let is_for = |index: usize| self.role(index) == Role::Plain && self.tape.text(index) == "for";
        match self.tape.find(rest, end, is_for) {
            _ if !self.fits(start, rest, 0) => {
                self.generics(start, rest, indent);
                self.space(rest);
                self.flat(rest, end);
            }
            Some(index) if self.fits(start, index, 0) => {
                self.flat(start, index);
                self.newline(indent + 1);
                self.flat(index, end);
            }
            _ if is_generic => {
                self.flat(start, rest);
                self.newline(indent + 1);
                self.flat(rest, end);
            }
            _ => {
                self.flat(start, end);
                return false;
            }
        }
        true
    }

    /// `name = value`. The value gets a line of its own if it fits there but not here.
    fn assignment(&mut self, start: usize, equals: usize, end: usize, indent: usize, more: usize) {
        let value = equals + 1;
        self.flat(start, value);
        if self.fits(value, end, more + 1) {
            self.out.push(' ');
            return self.flat(value, end);
        }
        let (here, below) = (self.column() + 1, (indent + 1) * STEP);
        let is_opened = |column| self.is_opened(column, value, end) && !self.is_cut(column, value, end, more);
        if self.fits_at(below, value, end, more)
            || !self.is_opened(here, value, end)
            || is_opened(below) && !is_opened(here)
        {
            self.newline(indent + 1);
            self.expression(value, end, indent + 1, more);
        } else {
            self.out.push(' ');
            self.expression(value, end, indent, more);
        }
    }

    /// Whether the value contains a block or fields that cannot be opened on its first line.
    fn is_cut(&self, column: usize, start: usize, end: usize, more: usize) -> bool {
        let held = self.last_group(start, end).and_then(|open| self.held(open));
        held.is_some_and(|(from, to)| {
            let is_braced = self.body_of_closure(from, to).is_some()
                || self.last_group(from, to).is_some_and(|open| self.role(open) == Role::Literal);
            is_braced && !self.is_opened(column + self.tape.width(start, from) + 1 + more, from, to)
        })
    }

    /// A field or a variant.
    fn field(&mut self, start: usize, end: usize, indent: usize) {
        if self.fits(start, end, 1) {
            return self.flat(start, end);
        }
        match self.tape.find(start, end, |index| self.tape.parts(index, ":")) {
            Some(colon) => {
                self.flat(start, colon + 1);
                self.newline(indent + 1);
                self.flat(colon + 1, end);
            }
            None => self.expression(start, end, indent, 1),
        }
    }

    /// `pattern => value`, with the value in a block if it does not fit.
    fn arm(&mut self, start: usize, end: usize, indent: usize) {
        let Some(arrow) = self.tape.find(start, end, |index| self.tape.parts(index, "=>")) else {
            return self.flat(start, end);
        };
        let value = arrow + 1;
        self.flat(start, value);
        if value == end {
            return;
        }
        self.out.push(' ');
        if self.is_block(value, end) {
            return self.expression(value, end, indent, 0);
        }
        if self.fits(value, end, 1) {
            self.flat(value, end);
        } else if self.may_extend(value, end, indent) {
            self.expression(value, end, indent, 1);
        } else {
            return self.braced(value, end, indent);
        }
        self.out.push(',');
    }

    /// Whether the tokens are a block.
    pub(super) fn is_block(&self, start: usize, end: usize) -> bool {
        self.tape.tokens[start].kind == Kind::Open(Delimiter::Brace) && self.tape.after(start) == end
    }

    /// Whether the value of an arm begins on the arm's line: not if it has fewer lines when it begins below.
    fn may_extend(&self, start: usize, end: usize, indent: usize) -> bool {
        let column = self.column();
        if self.tape.text(start) == "if" || !self.is_opened(column, start, end) {
            return false;
        }
        let here = self.breaks_in(column, indent, (start, end), 1);
        let below = self.breaks_in((indent + 1) * STEP, indent + 1, (start, end), 0);
        below > 0 && here <= below + 1
    }

    /// An expression in braces of its own.
    pub(super) fn braced(&mut self, start: usize, end: usize, indent: usize) {
        self.out.push('{');
        self.newline(indent + 1);
        self.expression(start, end, indent + 1, 0);
        self.newline(indent);
        self.out.push('}');
    }
}
