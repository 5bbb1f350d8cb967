//! A row of tokens, in lines.
//!
//! What fits stays in one line. What does not is broken at the braces that have lines of their own, or else at its last
//! brackets, with an element a line; where the last element of a list is itself in braces or brackets, these go on in the
//! line. Lists of a `use` are filled.

use super::tape::{Kind, Tape, Token};
use proc_macro2::{Delimiter, Literal};
use std::borrow::Cow;

/// The lines of all tokens.
pub(super) fn lines(tape: &Tape, docs: &[Cow<str>], indent: usize, width: usize) -> String {
    let mut layout = Layout { tape, docs, width, out: String::new(), line: 0 };
    layout.block(0, tape.tokens.len(), indent);
    if !layout.out.is_empty() {
        layout.out.push('\n');
    }
    layout.out
}

struct Layout<'a> {
    tape: &'a Tape,
    docs: &'a [Cow<'a, str>],
    width: usize,
    out: String,
    /// Where the line starts.
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

    fn fits(&self, start: usize, end: usize, more: usize) -> bool {
        let column = self.out.len() - self.line;
        !self.tape.has_breaks(start, end) && column + self.tape.width(start, end) + more <= self.width
    }

    /// The tokens in one line, without the comma behind the last element of what is closed there.
    fn flat(&mut self, start: usize, end: usize) {
        for index in start..end {
            let token = self.tape.tokens[index];
            if token.last && index + 1 < end {
                continue;
            }
            if token.space && index > start {
                self.out.push(' ');
            }
            self.out.push_str(self.tape.text(index));
        }
    }

    /// What stands in braces, or at the top: entries, each with lines of its own.
    fn block(&mut self, start: usize, end: usize, indent: usize) {
        let mut next = start;
        while next < end {
            self.newline(indent);
            let entry = self.attributes(next, end, indent);
            next = self.end_of_entry(entry, end);
            self.entry(entry, next, indent);
        }
    }

    /// Attributes and documentation, each in a line; where they end.
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
            // Four slashes make no documentation, and some characters cannot stand in a comment.
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

    /// Commas are not added here: only the macro knows whether it takes one.
    fn attribute(&mut self, start: usize, end: usize, indent: usize) {
        let list = (start..end).rfind(|&index| {
            matches!(self.tape.tokens[index].kind, Kind::Open(_)) && self.tape.after(index) + 1 == end
        });
        match list {
            Some(open) if !self.fits(start, end, 0) => {
                self.flat(start, open + 1);
                self.elements(open + 1, end - 2, indent, false);
                self.flat(end - 2, end);
            }
            _ => self.flat(start, end),
        }
    }

    /// Where the entry ends that starts here.
    fn end_of_entry(&self, start: usize, end: usize) -> usize {
        let mut next = start;
        while next < end {
            let after = self.tape.after(next);
            match self.tape.tokens[next].kind {
                _ if self.ends(next, &[",", ";"]) => return after,
                Kind::Open(Delimiter::Brace) if after < end && !self.goes_on(after) => return after,
                _ => {}
            }
            next = after;
        }
        end
    }

    /// Whether an entry or element ends at this token, with one of these marks.
    fn ends(&self, index: usize, marks: &[&str]) -> bool {
        let token = self.tape.tokens[index];
        token.kind == Kind::Mark && !token.inner && marks.contains(&self.tape.text(index))
    }

    /// Whether the token goes on with what braces have ended.
    fn goes_on(&self, index: usize) -> bool {
        match self.tape.tokens[index].kind {
            Kind::Mark => matches!(self.tape.text(index), "," | ";" | "." | "?"),
            Kind::Word => self.tape.text(index) == "else",
            _ => false,
        }
    }

    /// An entry or an element, from where the line is.
    fn entry(&mut self, start: usize, end: usize, indent: usize) {
        if self.fits(start, end, 0) {
            return self.flat(start, end);
        }
        let mut next = start;
        while next < end {
            let token = self.tape.tokens[next];
            if token.kind == Kind::Open(Delimiter::Brace) && self.tape.has_breaks(next, token.mate as usize) {
                let close = token.mate as usize;
                self.expression(start, next, indent, 2);
                if token.space && next > start {
                    self.out.push(' ');
                }
                self.out.push('{');
                self.block(next + 1, close, indent + 1);
                self.newline(indent);
                self.out.push('}');
                self.rest(close + 1, end, indent);
                return;
            }
            next = self.tape.after(next);
        }
        self.expression(start, end, indent, 0);
    }

    fn rest(&mut self, start: usize, end: usize, indent: usize) {
        if start < end {
            if self.tape.tokens[start].space {
                self.out.push(' ');
            }
            self.entry(start, end, indent);
        }
    }

    /// Tokens without braces at their level that have lines of their own; `more` is the width of what follows.
    fn expression(&mut self, start: usize, end: usize, indent: usize, more: usize) {
        if self.fits(start, end, more) {
            return self.flat(start, end);
        }
        let Some(open) = self.to_break(start, end) else { return self.sum(start, end, indent) };
        let close = self.tape.tokens[open].mate as usize;
        self.flat(start, open);
        if self.tape.tokens[open].space && open > start {
            self.out.push(' ');
        }
        self.group(open, close, indent);
        self.rest(close + 1, end, indent);
    }

    /// The group to break: the last one that has to be, or else the last one.
    fn to_break(&self, start: usize, end: usize) -> Option<usize> {
        let mut found = None;
        let mut next = start;
        while next < end {
            let after = self.tape.after(next);
            let token = self.tape.tokens[next];
            if matches!(token.kind, Kind::Open(_)) && after > next + 2 && !token.inner {
                let must = self.tape.has_breaks(next, after);
                if must || !found.is_some_and(|(_, must)| must) {
                    found = Some((next, must));
                }
            }
            next = after;
        }
        found.map(|(open, _)| open)
    }

    /// A group that does not fit.
    fn group(&mut self, open: usize, close: usize, indent: usize) {
        let (start, end) = (open + 1, close);
        self.flat(open, start);
        let Token { kind, list, space, .. } = self.tape.tokens[open];
        if list && self.tape.is(open - 1, "::") {
            self.filled(start, end, indent);
        } else if kind == Kind::Open(Delimiter::Brace) && !list {
            self.block(start, end, indent + 1);
            self.newline(indent);
        } else if self.is_held(start, end) {
            self.entry(start, end, indent);
        } else {
            let commas = match kind {
                // A comma would make a tuple of what is only in parentheses, and not every macro takes one.
                Kind::Open(Delimiter::Parenthesis) => open > 0 && !space && !self.tape.is(open - 1, "!"),
                // Nor is one allowed in the type of a slice.
                Kind::Open(Delimiter::Bracket) => self.end_of_element(start, end) < end,
                _ => true,
            };
            self.elements(start, end, indent, commas);
        }
        self.flat(close, close + 1);
    }

    /// Whether there is one element, which ends in braces or brackets of its own.
    fn is_held(&self, start: usize, end: usize) -> bool {
        self.end_of_element(start, end) == end
            && matches!(self.tape.tokens[end - 1].kind, Kind::Close(Delimiter::Brace | Delimiter::Bracket))
    }

    /// A line for each element, with a comma where `commas` says that one may stand behind the last.
    fn elements(&mut self, start: usize, end: usize, indent: usize, commas: bool) {
        let mut next = start;
        while next < end {
            self.newline(indent + 1);
            let element = self.attributes(next, end, indent + 1);
            let stop = self.end_of_element(element, end);
            self.entry(element, stop, indent + 1);
            if commas || stop < end {
                self.out.push(',');
            }
            next = stop + 1;
        }
        self.newline(indent);
    }

    /// As many elements in a line as fit.
    fn filled(&mut self, start: usize, end: usize, indent: usize) {
        self.newline(indent + 1);
        let mut next = start;
        while next < end {
            let stop = self.end_of_element(next, end);
            if next > start {
                if self.fits(next, stop, 2) {
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

    /// Where the element ends that starts here: at its comma, or the end.
    fn end_of_element(&self, start: usize, end: usize) -> usize {
        let mut next = start;
        while next < end {
            if self.ends(next, &[","]) {
                return next;
            }
            next = self.tape.after(next);
        }
        end
    }

    /// What has nothing to open is broken before each `+`.
    fn sum(&mut self, start: usize, end: usize, indent: usize) {
        let mut from = start;
        for index in start..end {
            if self.tape.is(index, "+") && index > start {
                self.flat(from, index);
                self.newline(indent + 1);
                from = index;
            }
        }
        self.flat(from, end);
    }
}
