//! Parses tokens into a tree that has a place for every comment.

use super::FormatError;
use super::keep::keep;
use super::lex::{Kind, Token};

/// An item at top level.
#[derive(Debug)]
pub(super) struct Item<'a> {
    /// Whether an empty line precedes it.
    pub(super) apart: bool,
    pub(super) what: What<'a>,
}

#[derive(Debug)]
pub(super) enum What<'a> {
    Comment(&'a str),
    /// Documentation, line by line, `##` included.
    Doc(Vec<&'a str>),
    /// An expression, with the comment after it on its last line.
    Expression(Node<'a>, Option<&'a str>),
    /// An expression that keeps its line breaks, with the comment after it.
    Kept(Node<'a>, String, Option<&'a str>),
}

/// A value.
#[derive(Debug)]
pub(super) enum Node<'a> {
    Atom(&'a str),
    Group(Group<'a>),
}

/// An object or a list.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) open: char,
    pub(super) parts: Vec<Part<'a>>,
    /// Comments before the closing bracket.
    pub(super) dangling: Vec<&'a str>,
}

/// A member or an element.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// Comments before it.
    pub(super) leading: Vec<&'a str>,
    pub(super) key: Option<&'a str>,
    pub(super) value: Node<'a>,
    /// The comment after it, on its line.
    pub(super) trailing: Option<&'a str>,
    /// Whether it begins a line.
    pub(super) first: bool,
    /// The column where the value begins.
    pub(super) column: usize,
}

/// The nesting limit of the schema parser.
const MAX_DEPTH: usize = 200;

pub(super) fn parse<'a>(text: &'a str, tokens: &[Token<'a>]) -> Result<Vec<Item<'a>>, FormatError> {
    let mut parser = Parser { tokens, at: 0 };
    let mut items: Vec<Item<'a>> = Vec::new();
    let mut last_line = 0;
    while let Some(&token) = parser.peek() {
        let apart = token.line > last_line + 1;
        let what = if token.is_mark() {
            What::Doc(parser.doc()?)
        } else if token.kind == Kind::Comment {
            parser.at += 1;
            match items.last_mut() {
                Some(Item {
                    what: What::Expression(_, trailing @ None) | What::Kept(_, _, trailing @ None),
                    ..
                }) if !token.first => {
                    *trailing = Some(token.text);
                    last_line = token.line;
                    continue;
                }
                _ => What::Comment(token.text),
            }
        } else if token.kind == Kind::Open('{') {
            let start = parser.at;
            let node = parser.value(0)?;
            let own = &tokens[start..parser.at];
            let end = own.last().map_or(token.start, |last| last.start + last.text.len());
            let written = &text[token.start..end];
            match keep(own, written) {
                Some(kept) => What::Kept(node, kept, None),
                None => What::Expression(node, None),
            }
        } else {
            return Err(FormatError::new(token.line, "expected '{'"));
        };
        last_line = parser.tokens[parser.at - 1].line;
        items.push(Item { apart, what });
    }
    Ok(items)
}

struct Parser<'a, 't> {
    tokens: &'t [Token<'a>],
    at: usize,
}

impl<'a> Parser<'a, '_> {
    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    fn fault<T>(&self, message: &str) -> Result<T, FormatError> {
        let token = self.peek().or(self.tokens.last());
        Err(FormatError::new(token.map_or(1, |token| token.line), message))
    }

    /// A documentation comment: from `##` to `##`.
    fn doc(&mut self) -> Result<Vec<&'a str>, FormatError> {
        let mut lines = Vec::new();
        let start = self.at;
        while let Some(token) = self.peek().copied() {
            if token.kind != Kind::Comment {
                break;
            }
            self.at += 1;
            lines.push(token.text);
            if lines.len() > 1 && token.is_mark() {
                return Ok(lines);
            }
        }
        Err(FormatError::new(self.tokens[start].line, "documentation does not end with '##'"))
    }

    /// Comments, up to the next other token.
    fn comments(&mut self, into: &mut Vec<&'a str>) -> Result<(), FormatError> {
        while let Some(token) = self.peek().copied().filter(|token| token.kind == Kind::Comment) {
            if token.is_mark() {
                return self.fault("documentation must not stand inside of an expression");
            }
            into.push(token.text);
            self.at += 1;
        }
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>, FormatError> {
        match self.peek().copied() {
            Some(Token { kind: Kind::Atom, text, .. }) => {
                self.at += 1;
                Ok(Node::Atom(text))
            }
            Some(Token { kind: Kind::Open(open), .. }) if depth < MAX_DEPTH => {
                self.at += 1;
                self.group(open, depth).map(Node::Group)
            }
            Some(Token { kind: Kind::Open(_), .. }) => self.fault("objects and lists are nested too deep"),
            _ => self.fault("expected a value"),
        }
    }

    fn group(&mut self, open: char, depth: usize) -> Result<Group<'a>, FormatError> {
        let close = if open == '{' { '}' } else { ']' };
        let mut group = Group { open, parts: Vec::new(), dangling: Vec::new() };
        let mut more = true;
        loop {
            let mut leading = Vec::new();
            self.trailing(&mut group)?;
            self.comments(&mut leading)?;
            match self.peek().copied() {
                Some(Token { kind: Kind::Close(found), .. })
                    if found == close && (!more || group.parts.is_empty()) =>
                {
                    self.at += 1;
                    group.dangling = leading;
                    return Ok(group);
                }
                Some(Token { kind: Kind::Comma, .. }) if !more => {
                    self.at += 1;
                    more = true;
                    // A comment before the comma belongs to the next part, unless this part has none yet.
                    self.trailing(&mut group)?;
                    group.dangling.extend(leading);
                    continue;
                }
                _ if !more => return self.fault(&format!("expected ',' or '{close}'")),
                _ => {}
            }
            let mut before = std::mem::take(&mut group.dangling);
            before.extend(leading);
            let part = self.part(open, depth, before)?;
            group.parts.push(part);
            more = false;
        }
    }

    /// Attaches a comment on the line of the last part to that part.
    fn trailing(&mut self, group: &mut Group<'a>) -> Result<(), FormatError> {
        let Some(part) = group.parts.last_mut() else { return Ok(()) };
        match self.tokens.get(self.at) {
            Some(token) if token.kind == Kind::Comment && !token.first && !token.is_mark() => {
                if part.trailing.is_none() {
                    part.trailing = Some(token.text);
                    self.at += 1;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn part(&mut self, open: char, depth: usize, mut leading: Vec<&'a str>) -> Result<Part<'a>, FormatError> {
        let first = self.peek().is_some_and(|token| token.first);
        let mut key = None;
        if open == '{' {
            match self.peek().copied() {
                Some(Token { kind: Kind::Atom, text, .. }) if text.starts_with('\'') => {
                    self.at += 1;
                    key = Some(text);
                }
                _ => return self.fault("expected a key"),
            }
            self.comments(&mut leading)?;
            if self.peek().map(|token| token.kind) != Some(Kind::Colon) {
                return self.fault("expected ':'");
            }
            self.at += 1;
            self.comments(&mut leading)?;
        }
        let column = self.peek().map_or(0, |token| token.column);
        let value = self.value(depth + 1)?;
        Ok(Part { leading, key, value, trailing: None, first, column })
    }
}
