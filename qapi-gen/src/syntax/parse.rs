//! From the tokens of one file to its expressions.

use super::ast::{Bool, List, Member, Object, Str, Value};
use super::doc::{Doc, parse_doc};
use super::faults::Faults;

use super::string::unquote;
use super::token::{Token, TokenKind, Tokens};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::language::Language;
use crate::source::{FileId, Span};
use std::collections::HashMap;

/// The limit on the nesting of objects and lists. QEMU's own schemas need 6; the stack has room for far more.
const MAX_DEPTH: u32 = 200;

/// A part of a file at top level.
pub(super) enum Part {
    Doc(Doc),
    Expression {
        head: Span,
        object: Object,
    },
    /// A range that was reported as an error. The parts before and after it need not belong together.
    Fault(Span),
    /// A documentation comment that was reported, with the text that may be on its first line.
    LostDoc(Span),
}

/// Parses a file. Invalid parts are reported and left out.
pub(super) fn parse_file(
    file: FileId,
    text: &str,
    language: Language,
    diagnostics: &mut Diagnostics,
) -> Vec<Part> {
    let mut tokens = Tokens::new(file, text);
    let current = tokens.next();
    let faults = Faults::new(diagnostics);
    let mut parser = Parser { text, tokens, current, depth: 0, language, faults };
    parser.file()
}

/// The error was reported; the expression is lost.
struct Lost;

struct Parser<'a, 'd> {
    text: &'a str,
    tokens: Tokens<'a>,
    current: Token,
    depth: u32,
    language: Language,
    faults: Faults<'d>,
}

impl Parser<'_, '_> {
    fn file(&mut self) -> Vec<Part> {
        let mut parts = Vec::new();
        loop {
            match self.current.kind {
                TokenKind::End => return parts,
                TokenKind::Comment => self.advance_raw(),
                TokenKind::Mark => parts.push(self.doc()),
                _ => parts.push(self.expression()),
            }
            if self.faults.stop(self.current.span) {
                let rest = Span::new(self.current.span.file, self.current.span.start, self.text.len() as u32);
                parts.push(Part::Fault(rest));
                return parts;
            }
        }
    }

    /// A documentation comment: all comments up to one that is `##`.
    fn doc(&mut self) -> Part {
        let first = self.current;
        let mut lines = vec![first];
        loop {
            self.advance_raw();
            match self.current.kind {
                TokenKind::Comment => lines.push(self.current),
                TokenKind::Mark => {
                    lines.push(self.current);
                    self.advance_raw();
                    break;
                }
                _ => break,
            }
        }
        let doc = parse_doc(self.text, &lines, self.current, self.language, &mut self.faults);
        // The text after the `##` may be the first line of the comment, so the documented name is unknown.
        let unclear = first.span.end - first.span.start > 2;
        if unclear { Part::LostDoc(doc.span) } else { Part::Doc(doc) }
    }

    fn expression(&mut self) -> Part {
        let first = self.current;
        let faults = self.faults.errors();
        let value = self.value("'{'");
        match value {
            Ok(Value::Object(object)) if faults == self.faults.errors() => {
                return Part::Expression { head: self.head(&object), object };
            }
            Ok(Value::Object(_)) => {}
            Ok(value) => {
                if faults == self.faults.errors() {
                    self.report_not_object(&value, first.span);
                }
                // QEMU looks one token ahead.
                self.report_bad_token();
                // A lone string most often comes from a stray quote, and the rest of the expression follows it.
                if let Value::Str(_) = value {
                    self.recover();
                }
            }
            Err(Lost) => self.recover(),
        }
        Part::Fault(Span::new(first.span.file, first.span.start, self.current.span.start))
    }

    fn report_not_object(&mut self, value: &Value, first: Span) {
        let message = format!("top-level expression must be an object, not {}", value.kind());
        let at = Span::new(first.file, first.start, first.start + 1);
        self.report(
            Diagnostic::error(Code::NotAnObject, value.span(), message).label(at, "expected '{' here"),
        );
    }

    /// The first line of an expression.
    fn head(&self, object: &Object) -> Span {
        let span = object.span;
        let written = &self.text[span.start as usize..span.end as usize];
        let line = written.lines().next().unwrap_or_default().trim_end();
        Span::new(span.file, span.start, span.start + line.len() as u32)
    }

    /// Skips to where an expression may begin: a brace in the first column, or a documentation comment.
    fn recover(&mut self) {
        loop {
            let start = self.current.span.start as usize;
            let first_column = start == 0 || self.text.as_bytes().get(start - 1) == Some(&b'\n');
            match self.current.kind {
                TokenKind::End | TokenKind::Mark => return,
                TokenKind::ObjectStart if first_column => return,
                _ => self.advance_raw(),
            }
        }
    }

    fn value(&mut self, expected: &str) -> Result<Value, Lost> {
        let Token { kind, span } = self.current;
        match kind {
            TokenKind::ObjectStart => self.nested(Self::object).map(Value::Object),
            TokenKind::ListStart => self.nested(Self::list).map(Value::List),
            TokenKind::Str => Ok(Value::Str(self.string())),
            TokenKind::True | TokenKind::False => {
                self.advance();
                Ok(Value::Bool(Bool { span, value: kind == TokenKind::True }))
            }
            // Most often a number, null or a string in double quotes, after which the rest of the expression can be
            // read.
            TokenKind::Stray if self.depth > 0 => {
                self.report_bad_token();
                self.advance();
                Ok(Value::Bool(Bool { span, value: false }))
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    fn nested<T>(&mut self, read: fn(&mut Self) -> Result<T, Lost>) -> Result<T, Lost> {
        if self.depth == MAX_DEPTH {
            let message = format!("objects and lists are nested more than {MAX_DEPTH} deep");
            self.report(Diagnostic::error(Code::TooDeep, self.current.span, message));
            return Err(Lost);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn object(&mut self) -> Result<Object, Lost> {
        let open = self.current.span;
        self.advance();
        let mut members: Vec<Member> = Vec::new();
        if self.current.kind == TokenKind::ObjectEnd {
            return Ok(Object { span: self.close(open), members });
        }
        let mut seen = HashMap::new();
        let mut expected = "string or '}'";
        loop {
            if self.current.kind != TokenKind::Str {
                return Err(self.unexpected_in(open, expected));
            }
            let key = self.string();
            if self.current.kind != TokenKind::Colon {
                return Err(self.unexpected_in(open, "':'"));
            }
            self.advance();
            self.check_duplicate(&mut seen, &key);
            let value = self.value("'{', '[', string, or boolean")?;
            members.push(Member { key, value });
            match self.current.kind {
                TokenKind::ObjectEnd => return Ok(Object { span: self.close(open), members }),
                TokenKind::Comma => self.advance(),
                _ => return Err(self.unexpected_in(open, "',' or '}'")),
            }
            expected = "string";
        }
    }

    fn list(&mut self) -> Result<List, Lost> {
        let open = self.current.span;
        self.advance();
        let mut values = Vec::new();
        if self.current.kind == TokenKind::ListEnd {
            return Ok(List { span: self.close(open), values });
        }
        let mut expected = "'{', '[', ']', string, or boolean";
        loop {
            values.push(self.value(expected)?);
            match self.current.kind {
                TokenKind::ListEnd => return Ok(List { span: self.close(open), values }),
                TokenKind::Comma => self.advance(),
                _ => return Err(self.unexpected_in(open, "',' or ']'")),
            }
            expected = "'{', '[', string, or boolean";
        }
    }

    /// Takes the closing bracket. Returns the span from the opening one to it.
    fn close(&mut self, open: Span) -> Span {
        let span = open.to(self.current.span);
        self.advance();
        span
    }

    /// Takes a string token.
    fn string(&mut self) -> Str {
        let span = self.current.span;
        let written = &self.text[span.start as usize..span.end as usize];
        let (text, faults) = unquote(span, written);
        for fault in faults {
            self.report(fault);
        }
        self.advance();
        Str { span, text }
    }

    fn check_duplicate(&mut self, seen: &mut HashMap<String, Span>, key: &Str) {
        if let Some(first) = seen.insert(key.text.clone(), key.span) {
            self.report(
                Diagnostic::error(Code::DuplicateKey, key.span, format!("duplicate key '{}'", key.text))
                    .label(first, "first used here"),
            );
        }
    }

    /// Reports the current token, where another one was expected.
    fn unexpected(&mut self, expected: &str) -> Lost {
        if !self.report_bad_token() {
            let found = self.describe_current();
            let message = format!("expected {expected}, found {found}");
            self.report(
                Diagnostic::error(Code::UnexpectedToken, self.current.span, message)
                    .label(self.current.span, format!("expected {expected}")),
            );
        }
        Lost
    }

    /// The same within brackets, which may be the cause.
    fn unexpected_in(&mut self, open: Span, expected: &str) -> Lost {
        if !self.report_bad_token() {
            let found = self.describe_current();
            let message = format!("expected {expected}, found {found}");
            let mut diagnostic = Diagnostic::error(Code::UnexpectedToken, self.current.span, message)
                .label(self.current.span, format!("expected {expected}"));
            if matches!(self.current.kind, TokenKind::End | TokenKind::Mark | TokenKind::ObjectStart) {
                diagnostic = diagnostic.label(open, "opened here");
            }
            self.report(diagnostic);
        }
        Lost
    }

    /// Reports the current token if it is wrong in every place.
    fn report_bad_token(&mut self) -> bool {
        let span = self.current.span;
        match self.current.kind {
            TokenKind::Stray => {
                let text = self.shorten(span);
                let mut diagnostic = Diagnostic::error(Code::StrayText, span, format!("stray '{text}'"));
                if text.starts_with("//") || text.starts_with("/*") {
                    diagnostic = diagnostic.help("comments begin with `#`, and end with their line");
                } else if text.starts_with('"') {
                    diagnostic = diagnostic.help("strings are enclosed in single quotes");
                } else if text == "null" || text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
                    diagnostic = diagnostic.note("numbers and null are not part of the schema language");
                } else if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
                    diagnostic = diagnostic.help(format!("write `{}`", text.to_ascii_lowercase()));
                }
                self.report(diagnostic);
                true
            }
            TokenKind::UnclosedStr => {
                let message = "missing terminating \"'\"";
                self.report(
                    Diagnostic::error(Code::UnterminatedString, span, message)
                        .label(span, "this string does not end on its line"),
                );
                true
            }
            _ => false,
        }
    }

    fn describe_current(&self) -> String {
        match self.current.kind {
            TokenKind::End => "the end of the file".to_owned(),
            TokenKind::Mark => "a documentation comment".to_owned(),
            TokenKind::Str => format!("string {}", self.shorten(self.current.span)),
            _ => format!("'{}'", self.shorten(self.current.span)),
        }
    }

    /// The text of a span, or its beginning if it is long.
    fn shorten(&self, span: Span) -> String {
        const LONGEST: usize = 40;
        let text = &self.text[span.start as usize..span.end as usize];
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}...", &text[..end]),
            None => text.to_owned(),
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.faults.push(diagnostic);
    }

    /// Goes to the next token that is not an ordinary comment.
    fn advance(&mut self) {
        self.advance_raw();
        while self.current.kind == TokenKind::Comment {
            self.advance_raw();
        }
    }

    fn advance_raw(&mut self) {
        self.current = self.tokens.next();
    }
}
