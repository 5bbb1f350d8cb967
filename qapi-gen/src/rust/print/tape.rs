//! Tokens in a row, as text, with what layout asks of them at hand.

use super::spacing::{Place, is_operator};
use crate::rust::vocabulary;
use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use std::fmt::Write;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier, a literal, a lifetime, or the path of the vocabulary.
    Word,
    /// Punctuation, of one character or more.
    Mark,
    Open(Delimiter),
    Close(Delimiter),
    /// Documentation, by its number.
    Doc,
}

/// A token in the row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Where its text is.
    start: u32,
    end: u32,
    /// Whether a blank stands before it, in a line.
    pub(super) space: bool,
    /// Of braces: whether what they hold has lines of its own, even where it fits.
    pub(super) breaks: bool,
    /// Of braces: whether they hold a list, and not a block.
    pub(super) list: bool,
    /// Whether it stands between angle brackets or the bars of a closure, where nothing is broken.
    pub(super) inner: bool,
    /// Of a comma: whether the list ends behind it.
    pub(super) last: bool,
    /// Of a delimiter, the other one; of documentation, its number.
    pub(super) mate: u32,
}

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
    /// The tokens; `runtime` is the path of the runtime.
    pub(super) fn new(tokens: TokenStream, runtime: &str) -> Self {
        let mut reader = Reader {
            text: String::new(),
            tokens: Vec::new(),
            runtime,
            joint: false,
            prefix: false,
            verbatim: false,
        };
        reader.read(tokens, true);
        let Reader { text, tokens, .. } = reader;
        let mut widths = Vec::with_capacity(tokens.len() + 1);
        let mut breaks = Vec::with_capacity(tokens.len() + 1);
        let (mut width, mut count) = (0, 0);
        widths.push(width);
        breaks.push(count);
        for token in &tokens {
            count += u32::from(token.breaks);
            if !token.last {
                width += token.end - token.start + u32::from(token.space);
            }
            widths.push(width);
            breaks.push(count);
        }
        Tape { text, tokens, widths, breaks }
    }

    pub(super) fn text(&self, index: usize) -> &str {
        let Token { start, end, .. } = self.tokens[index];
        &self.text[start as usize..end as usize]
    }

    /// How wide the tokens from `start` up to `end` are in one line.
    pub(super) fn width(&self, start: usize, end: usize) -> usize {
        (self.widths[end] - self.widths[start]) as usize
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
}

struct Reader<'a> {
    text: String,
    tokens: Vec<Token>,
    runtime: &'a str,
    /// Whether the last token is a mark to which the next one belongs.
    joint: bool,
    /// Whether the last token is a mark that begins something.
    prefix: bool,
    /// Whether this is what an attribute or a macro is given, to whom a comma may mean something.
    verbatim: bool,
}

/// What a group turned out to hold, at its own level.
#[derive(Default)]
struct Content {
    semicolon: bool,
    arrow: bool,
}

/// What is known of the entry that is being read: a statement, a field, an item.
#[derive(Default)]
struct Entry {
    /// An item or a match, whose braces have lines of their own.
    item: bool,
    /// Whether it begins with `if`.
    condition: bool,
    started: bool,
    /// Whether the next `|` closes a closure's parameters.
    closure: bool,
    angles: u32,
}

impl Entry {
    fn is_inner(&self) -> bool {
        self.angles > 0 || self.closure
    }
}

impl Reader<'_> {
    /// Reads the tokens of one level; `block` says that they stand in braces or at the top.
    fn read(&mut self, tokens: TokenStream, block: bool) -> Content {
        let mut content = Content::default();
        let mut entry = Entry::default();
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(ident) => {
                    let start = self.text.len();
                    // Writing to a string cannot fail.
                    let _ = write!(self.text, "{ident}");
                    self.word(start, &mut entry);
                }
                TokenTree::Literal(literal) => {
                    let start = self.text.len();
                    let _ = write!(self.text, "{literal}");
                    self.word(start, &mut entry);
                }
                TokenTree::Punct(punct) => {
                    let mark = punct.as_char();
                    let close = match (mark, tokens.peek()) {
                        ('!', Some(TokenTree::Group(_))) => true,
                        ('<', Some(TokenTree::Punct(next))) => {
                            matches!(self.last_text(), "for" | "impl") && next.as_char() == '\''
                        }
                        ('<', _) => self.last_text() == "impl",
                        _ => false,
                    };
                    self.punct(mark, punct.spacing(), close, &mut entry);
                    content.semicolon |= mark == ';';
                    content.arrow |= self.last_text() == "=>";
                    if mark == ';' || mark == ',' && !entry.is_inner() {
                        entry = Entry::default();
                    }
                }
                TokenTree::Group(group) => {
                    let ends = self.group(group, &entry, block);
                    entry.started = true;
                    if ends && block && !goes_on(tokens.peek()) {
                        entry = Entry::default();
                    }
                }
            }
        }
        content
    }

    fn place(&self) -> Option<Place<'_>> {
        let before = *self.tokens.last()?;
        let text = &self.text[before.start as usize..before.end as usize];
        Some(Place { before, text, prefix: self.prefix, joint: self.joint })
    }

    fn last_text(&self) -> &str {
        self.tokens.last().map_or("", |token| &self.text[token.start as usize..token.end as usize])
    }

    fn push(&mut self, kind: Kind, start: usize, space: bool) {
        // Generated text is far below 4 GiB.
        let (start, end) = (start as u32, self.text.len() as u32);
        self.tokens.push(Token {
            kind,
            start,
            end,
            space,
            breaks: kind == Kind::Doc,
            list: false,
            inner: false,
            last: false,
            mate: 0,
        });
        self.joint = false;
        self.prefix = false;
    }

    /// The word whose text was just written.
    fn word(&mut self, start: usize, entry: &mut Entry) {
        // A lifetime comes in two parts.
        if self.joint && self.last_text() == "'" {
            self.extend_last();
            return;
        }
        if self.text[start..].starts_with("__") && self.last_text() != "::" {
            if let Some(number) = vocabulary::doc_number(&self.text[start..]) {
                self.text.truncate(start);
                self.push(Kind::Doc, start, true);
                self.tokens.last_mut().into_iter().for_each(|last| last.mate = number);
                return;
            }
            if let Some(path) = vocabulary::path(&self.text[start..], self.runtime) {
                self.text.truncate(start);
                self.text.push_str(path);
            }
        }
        let text = &self.text[start..];
        let is_item =
            matches!(text, "enum" | "fn" | "impl" | "loop" | "match" | "mod" | "struct" | "trait" | "unsafe");
        entry.condition |= !entry.started && text == "if";
        entry.item |= is_item;
        entry.started = true;
        let space = self.place().is_some_and(|place| place.before_word());
        self.push(Kind::Word, start, space);
    }

    /// Makes what was written since part of the last token.
    fn extend_last(&mut self) {
        let end = self.text.len() as u32;
        if let Some(last) = self.tokens.last_mut() {
            last.end = end;
            last.kind =
                if self.text[last.start as usize..].starts_with('\'') { Kind::Word } else { Kind::Mark };
        }
        self.joint = false;
    }

    fn punct(&mut self, mark: char, spacing: Spacing, close: bool, entry: &mut Entry) {
        let joined = self.joint && {
            let mut both = self.last_text().to_owned();
            both.push(mark);
            is_operator(&both)
        };
        let was_operand = self.place().is_some_and(|place| place.is_operand());
        if joined {
            let was_prefix = self.prefix;
            self.text.push(mark);
            self.extend_last();
            self.prefix = was_prefix;
        } else {
            let space = self.place().is_some_and(|place| place.before_mark(mark, close));
            // The bar behind a closure's parameters stands close to them.
            let closes = mark == '|' && entry.closure;
            let start = self.text.len();
            self.text.push(mark);
            self.push(Kind::Mark, start, space && !closes);
            self.set_inner(entry);
            self.prefix = matches!(mark, '&' | '*' | '-' | '|' | '\'') && !was_operand && !closes;
            if mark == '|' {
                entry.closure = self.prefix;
            }
            match mark {
                '<' => entry.angles += 1,
                '>' => entry.angles = entry.angles.saturating_sub(1),
                _ => {}
            }
        }
        if joined {
            match self.last_text() {
                "<=" | "<-" => entry.angles = entry.angles.saturating_sub(1),
                "<<" => entry.angles += 1,
                ">>" => entry.angles = entry.angles.saturating_sub(1),
                _ => {}
            }
        }
        entry.started = true;
        self.joint = spacing == Spacing::Joint;
    }

    fn set_inner(&mut self, entry: &Entry) {
        let inner = entry.is_inner();
        self.tokens.last_mut().into_iter().for_each(|last| last.inner = inner);
    }

    fn delimiter(&mut self, kind: Kind, mark: char, space: bool) -> usize {
        let start = self.text.len();
        self.text.push(mark);
        self.push(kind, start, space);
        self.tokens.len() - 1
    }

    /// A group; whether it is one that ends a line behind it.
    fn group(&mut self, group: Group, entry: &Entry, block: bool) -> bool {
        let delimiter = group.delimiter();
        let (open_mark, close_mark) = match delimiter {
            Delimiter::Parenthesis => ('(', ')'),
            Delimiter::Brace => ('{', '}'),
            Delimiter::Bracket => ('[', ']'),
            Delimiter::None => {
                self.read(content(group), false);
                return false;
            }
        };
        let is_brace = delimiter == Delimiter::Brace;
        let behind_arrow = self.last_text() == "=>";
        let is_verbatim = matches!(self.last_text(), "#" | "!");
        let is_use = is_brace && self.last_text() == "::";
        let is_literal = !entry.item && !entry.condition && self.place().is_some_and(|place| place.is_name());
        let space = self.place().is_some_and(|place| place.before_open(delimiter));
        let open = self.delimiter(Kind::Open(delimiter), open_mark, space);
        self.set_inner(entry);
        let was_verbatim = self.verbatim;
        self.verbatim |= is_verbatim;
        let Content { semicolon, arrow } = self.read(content(group), is_brace);
        let is_empty = open + 1 == self.tokens.len();
        if delimiter != Delimiter::Parenthesis
            && !self.verbatim
            && let Some(last) = self.tokens.last_mut()
            && last.kind == Kind::Mark
            && self.text[last.start as usize..last.end as usize] == *","
        {
            last.last = true;
        }
        self.verbatim = was_verbatim;
        let space = self.place().is_some_and(|place| place.before_close(delimiter));
        let close = self.delimiter(Kind::Close(delimiter), close_mark, space);
        self.tokens[open].mate = close as u32;
        self.tokens[close].mate = open as u32;
        let own_lines = entry.item || behind_arrow || semicolon || arrow || block && entry.condition;
        self.tokens[open].breaks = is_brace && !is_empty && own_lines;
        self.tokens[open].list = is_brace && (is_use || is_literal);
        if is_use {
            self.tokens[open + 1].space = false;
            self.tokens[close].space = false;
        }
        is_brace
    }
}

/// Whether what follows braces belongs to their line.
fn goes_on(next: Option<&TokenTree>) -> bool {
    match next {
        Some(TokenTree::Punct(punct)) => matches!(punct.as_char(), ',' | ';' | '.' | '?'),
        Some(TokenTree::Ident(ident)) => *ident == "else",
        _ => false,
    }
}

/// What a group holds. The group is gone by then: tokens with a single owner are moved, not copied.
fn content(group: Group) -> TokenStream {
    group.stream()
}
