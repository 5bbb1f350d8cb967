//! Breaks a row of tokens into lines, as rustfmt does.
//!
//! Code that fits stays on one line, unless it exceeds one of rustfmt's width limits. This file lays out blocks, whose
//! entries have lines of their own; [`entry`] items, statements and arms; [`expression`] their expressions; and
//! [`group`] delimiters that do not fit on their line.

mod entry;
mod expression;
mod group;

use super::tape::Tape;
use super::token::{Kind, Role};
use proc_macro2::{Delimiter, Literal};
use std::borrow::Cow;

/// The lines of all tokens.
pub(super) fn lines(tape: &Tape, docs: &[Cow<str>], indent: usize, width: usize) -> String {
    let mut layout = Layout { tape, docs, width, out: String::new(), line: 0 };
    layout.block(0, tape.tokens.len(), indent, Role::Items);
    if !layout.out.is_empty() {
        layout.out.push('\n');
    }
    layout.out
}

/// The width of a level of indentation.
const STEP: usize = 4;

struct Layout<'a> {
    tape: &'a Tape,
    docs: &'a [Cow<'a, str>],
    width: usize,
    out: String,
    /// The start of the current line in the text.
    line: usize,
}

impl Layout<'_> {
    fn newline(&mut self, indent: usize) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.line = self.out.len();
        (0..indent).for_each(|_| self.out.push_str("    "));
    }

    /// Whether the tokens fit on the line, followed by text of width `much`.
    fn fits(&self, start: usize, end: usize, more: usize) -> bool {
        self.fits_at(self.column(), start, end, more)
    }

    /// Whether the tokens fit on a line from this column.
    fn fits_at(&self, column: usize, start: usize, end: usize, more: usize) -> bool {
        !self.tape.has_breaks(start, end) && self.has_room(column + self.tape.width(start, end) + more)
    }

    fn role(&self, index: usize) -> Role {
        self.tape.tokens[index].role
    }

    fn has_room(&self, width: usize) -> bool {
        width <= self.width
    }

    /// Prints the tokens on one line, without the trailing comma of any group that closes there.
    fn flat(&mut self, start: usize, end: usize) {
        for index in start..end {
            let token = self.tape.tokens[index];
            if token.role == Role::Trailing && index + 1 < end {
                continue;
            }
            if token.space > 0 && index > start {
                self.out.push(' ');
            }
            self.out.push_str(self.tape.text(index));
        }
    }

    /// A blank, if one precedes the token.
    fn space(&mut self, index: usize) {
        if self.tape.tokens[index].space > 0 {
            self.out.push(' ');
        }
    }

    /// The contents of braces, or the top level: entries, each with lines of its own. An empty line separates items,
    /// unless both have one line.
    fn block(&mut self, start: usize, end: usize, indent: usize, role: Role) {
        let mut next = start;
        let mut was_short = true;
        while next < end {
            let stop = self.end_of_entry(next, end);
            let is_short = role != Role::Items || self.is_short(next, stop, indent);
            if next > start && !(was_short && is_short) {
                self.out.push('\n');
            }
            was_short = is_short;
            self.newline(indent);
            let entry = self.attributes(next, stop, indent);
            self.entry(entry, stop, indent, role);
            next = stop;
        }
    }

    /// Whether an item has one line.
    fn is_short(&self, start: usize, end: usize, indent: usize) -> bool {
        !self.tape.is(start, "#") && self.fits_at(indent * STEP, start, end, 0)
    }

    /// Attributes and documentation, each on a line. Returns their end.
    fn attributes(&mut self, start: usize, end: usize, indent: usize) -> usize {
        let mut next = start;
        while next < end {
            let token = self.tape.tokens[next];
            if token.kind == Kind::Doc {
                self.doc(token.mate as usize, indent);
                next += 1;
            } else if self.tape.is(next, "#") && next + 1 < end {
                let close = self.tape.after(next + 1);
                self.attribute(next, close, indent);
                next = close;
            } else {
                break;
            }
            if next < end {
                self.newline(indent);
            }
        }
        next
    }

    fn doc(&mut self, number: usize, indent: usize) {
        let docs = self.docs;
        let text = docs.get(number).map_or("", |text| &text[..]);
        for (index, line) in text.lines().enumerate() {
            if index > 0 {
                self.newline(indent);
            }
            let line = line.trim_end();
            // Four slashes are not documentation, and a comment cannot contain some characters.
            if line.contains(|c: char| c.is_control() && c != '\t') {
                let text = Literal::string(&format!(" {line}"));
                self.out.push_str(&format!("#[doc = {text}]"));
            } else if line.is_empty() {
                self.out.push_str("///");
            } else {
                self.out.push_str("/// ");
                self.out.push_str(line);
            }
        }
    }

    /// No commas are added here: only the macro knows whether it accepts one.
    fn attribute(&mut self, start: usize, end: usize, indent: usize) {
        match self.last_group(start + 2, end - 1) {
            Some(open) if !self.fits(start, end, 0) => {
                self.flat(start, open);
                self.group(open, indent, 1);
                self.flat(end - 1, end);
            }
            _ => self.flat(start, end),
        }
    }

    /// The end of the entry that starts here.
    fn end_of_entry(&self, start: usize, end: usize) -> usize {
        let mut next = start;
        while next < end {
            let after = self.tape.after(next);
            match self.tape.tokens[next].kind {
                _ if self.tape.parts(next, ",") || self.tape.parts(next, ";") => return after,
                Kind::Mark if self.tape.tokens[next].role == Role::Trailing => return after,
                Kind::Open(Delimiter::Brace) if after < end && !self.goes_on(after) => return after,
                _ => {}
            }
            next = after;
        }
        end
    }

    /// Whether the token continues the entry after closing braces.
    fn goes_on(&self, index: usize) -> bool {
        match self.tape.tokens[index].kind {
            Kind::Mark => matches!(self.tape.text(index), "," | ";" | "." | "?" | "=>"),
            Kind::Word => self.tape.text(index) == "else",
            _ => false,
        }
    }
}
