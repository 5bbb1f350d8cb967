//! Reads tokens into a row, with their blanks and the role of each delimiter.

use super::spacing::{Bond, Place, is_operator};
use super::token::{Kind, Role, Token};
use crate::rust::vocabulary;
use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use std::fmt::Write;

/// The text of the tokens, and the range of each of them.
pub(super) fn read(tokens: TokenStream, runtime: &str) -> (String, Vec<Token>) {
    let mut reader =
        Reader { text: String::new(), tokens: Vec::new(), runtime, bond: Bond::Loose, within: Role::Items };
    reader.read(tokens);
    (reader.text, reader.tokens)
}

struct Reader<'a> {
    text: String,
    tokens: Vec<Token>,
    runtime: &'a str,
    bond: Bond,
    /// The role of the delimiters around the next token.
    within: Role,
}

/// The kind of an entry: a statement, a field, an item, an argument.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Head {
    /// An expression, or not known yet.
    #[default]
    Expression,
    /// The part after `if` or `loop`.
    Condition,
    Function,
    /// `match`.
    Choice,
    /// `impl`, `trait` or `mod`.
    Home,
    /// `struct` or `enum`.
    Type,
}

impl Head {
    /// The kind of entry that the word begins.
    fn with(self, word: &str) -> Self {
        match (self, word) {
            (Head::Expression, "fn") => Head::Function,
            (Head::Expression, "impl" | "trait" | "mod") => Head::Home,
            (Head::Expression, "struct" | "enum") => Head::Type,
            (Head::Expression, "if" | "loop") => Head::Condition,
            (_, "match") => Head::Choice,
            (head, _) => head,
        }
    }
}

/// The state of the entry that is being read.
#[derive(Default)]
struct Entry {
    head: Head,
    /// Whether the next `|` closes a closure's parameters.
    closure: bool,
    angles: u32,
}

impl Entry {
    fn role(&self) -> Role {
        if self.angles > 0 || self.closure { Role::Inner } else { Role::Plain }
    }
}

impl Reader<'_> {
    /// Reads the tokens of one level. Returns whether one of them was a semicolon.
    fn read(&mut self, tokens: TokenStream) -> bool {
        let mut semicolon = false;
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
                    semicolon |= mark == ';';
                    let ends = mark == ';' || mark == ',' && entry.role() == Role::Plain;
                    if ends || self.last_text() == "=>" {
                        entry = Entry::default();
                    }
                }
                TokenTree::Group(group) => {
                    let is_brace = group.delimiter() == Delimiter::Brace;
                    self.group(group, &entry);
                    if is_brace && !goes_on(tokens.peek()) {
                        entry = Entry::default();
                    }
                }
            }
        }
        semicolon
    }

    fn place(&self) -> Option<Place<'_>> {
        let before = *self.tokens.last()?;
        let text = &self.text[before.start as usize..before.end as usize];
        Some(Place { before, text, bond: self.bond })
    }

    fn last_text(&self) -> &str {
        self.tokens.last().map_or("", |token| &self.text[token.start as usize..token.end as usize])
    }

    fn push(&mut self, kind: Kind, role: Role, start: usize, space: bool) {
        // Generated text is far below 4 GiB.
        let (start, end) = (start as u32, self.text.len() as u32);
        self.tokens.push(Token { kind, role, start, end, space: space.into(), mate: 0 });
        self.bond = Bond::Loose;
    }

    /// Adds the word whose text was just written.
    fn word(&mut self, start: usize, entry: &mut Entry) {
        // A lifetime consists of two tokens.
        if self.bond.is_joint() && self.last_text() == "'" {
            self.extend_last();
            return;
        }
        if self.text[start..].starts_with("__") && self.last_text() != "::" {
            if let Some(number) = vocabulary::doc_number(&self.text[start..]) {
                self.text.truncate(start);
                self.push(Kind::Doc, Role::Plain, start, true);
                self.tokens.last_mut().into_iter().for_each(|last| last.mate = number);
                return;
            }
            if let Some(path) = vocabulary::path(&self.text[start..], self.runtime) {
                self.text.truncate(start);
                self.text.push_str(path);
            }
        }
        if entry.role() == Role::Plain {
            entry.head = entry.head.with(&self.text[start..]);
        }
        let space = self.place().is_some_and(|place| place.before_word());
        self.push(Kind::Word, entry.role(), start, space);
    }

    /// Extends the last token by the text written since.
    fn extend_last(&mut self) {
        let end = self.text.len() as u32;
        if let Some(last) = self.tokens.last_mut() {
            last.end = end;
            last.kind =
                if self.text[last.start as usize..].starts_with('\'') { Kind::Word } else { Kind::Mark };
        }
        self.bond = Bond::Loose;
    }

    fn punct(&mut self, mark: char, spacing: Spacing, close: bool, entry: &mut Entry) {
        let joined = self.bond.is_joint() && {
            let mut both = self.last_text().to_owned();
            both.push(mark);
            is_operator(&both)
        };
        let joint = spacing == Spacing::Joint;
        if joined {
            let was_prefix = self.bond.is_prefix();
            self.text.push(mark);
            self.extend_last();
            match self.last_text() {
                "<=" | "<-" | ">>" => entry.angles = entry.angles.saturating_sub(1),
                "<<" => entry.angles += 1,
                _ => {}
            }
            self.bond = Bond::new(joint, was_prefix);
            return;
        }
        let was_operand = self.place().is_some_and(|place| place.is_operand());
        let space = self.place().is_some_and(|place| place.before_mark(mark, close));
        // The bar after a closure's parameters has no blank before it.
        let closes = mark == '|' && entry.closure;
        let start = self.text.len();
        self.text.push(mark);
        self.push(Kind::Mark, entry.role(), start, space && !closes);
        let is_prefix = matches!(mark, '&' | '*' | '-' | '|' | '\'') && !was_operand && !closes;
        match mark {
            '|' => entry.closure = is_prefix,
            '<' => entry.angles += 1,
            '>' => entry.angles = entry.angles.saturating_sub(1),
            _ => {}
        }
        self.bond = Bond::new(joint, is_prefix);
    }

    fn delimiter(&mut self, kind: Kind, role: Role, mark: char, space: bool) -> usize {
        let start = self.text.len();
        self.text.push(mark);
        self.push(kind, role, start, space);
        self.tokens.len() - 1
    }

    fn group(&mut self, group: Group, entry: &Entry) {
        let delimiter = group.delimiter();
        let (open_mark, close_mark) = match delimiter {
            Delimiter::Parenthesis => ('(', ')'),
            Delimiter::Brace => ('{', '}'),
            Delimiter::Bracket => ('[', ']'),
            Delimiter::None => {
                self.read(content(group));
                return;
            }
        };
        let behind_arrow = self.last_text() == "=>";
        let held = self.role_of(delimiter, entry);
        let space = self.place().is_some_and(|place| place.before_open(delimiter));
        let open = self.delimiter(Kind::Open(delimiter), held, open_mark, space);
        let outer = self.within;
        if outer != Role::Macro || held == Role::Block && self.text_of(open - 1) == "const" {
            self.within = held;
        }
        let semicolon = self.read(content(group));
        self.within = outer;
        let space = self.place().is_some_and(|place| place.before_close(delimiter));
        if outer != Role::Macro && !matches!(held, Role::Macro | Role::Attribute | Role::Enclosed) {
            self.mark_trailing();
        }
        let part = if held == Role::Attribute { held } else { Role::Plain };
        let close = self.delimiter(Kind::Close(delimiter), part, close_mark, space);
        self.tokens[open].mate = close as u32;
        self.tokens[close].mate = open as u32;
        match held {
            Role::Block if semicolon || behind_arrow => self.tokens[open].role = Role::Statements,
            Role::Names => {
                self.tokens[open + 1].space = 0;
                self.tokens[close].space = 0;
            }
            _ => {}
        }
        // The role of the surrounding delimiters does not apply inside angle brackets.
        if entry.role() == Role::Inner {
            self.tokens[open].role = Role::Inner;
        }
    }

    /// The role of the delimiters that follow.
    fn role_of(&self, delimiter: Delimiter, entry: &Entry) -> Role {
        let text = self.last_text();
        match (self.within, text) {
            (Role::Attribute, _) | (_, "#") => return Role::Attribute,
            (_, "!") if self.tokens.len() > 1 && self.text_of(self.tokens.len() - 2) == "#" => {
                return Role::Attribute;
            }
            (_, "!") => return Role::Macro,
            (Role::Macro, _) if delimiter != Delimiter::Brace => return Role::Macro,
            _ => {}
        }
        let is_name = self.place().is_some_and(|place| place.is_name());
        let is_operand = self.place().is_some_and(|place| place.is_operand());
        match (delimiter, entry.head) {
            (Delimiter::Brace, _) if text == "::" => Role::Names,
            (Delimiter::Brace, Head::Home) => Role::Items,
            (Delimiter::Brace, Head::Type) => Role::Fields,
            (Delimiter::Brace, Head::Choice) => Role::Arms,
            (Delimiter::Brace, Head::Function | Head::Condition) => Role::Statements,
            (Delimiter::Brace, Head::Expression) if is_name => Role::Literal,
            (Delimiter::Brace, Head::Expression) => Role::Block,
            (Delimiter::Parenthesis, Head::Function) => Role::Parameters,
            (Delimiter::Parenthesis, _) if text == "fn" => Role::Parameters,
            (Delimiter::Parenthesis, _) if is_operand => Role::Arguments,
            (Delimiter::Bracket, _) if is_operand || self.is_type(text) => Role::Enclosed,
            (Delimiter::Bracket, _) => Role::Array,
            _ => Role::Enclosed,
        }
    }

    /// Whether brackets after this token contain a slice type.
    fn is_type(&self, text: &str) -> bool {
        matches!(text, ":" | "->") || text.starts_with('\'') || self.within == Role::Parameters
    }

    fn text_of(&self, index: usize) -> &str {
        let Token { start, end, .. } = self.tokens[index];
        &self.text[start as usize..end as usize]
    }

    /// Marks a comma that the closing delimiter follows.
    fn mark_trailing(&mut self) {
        if let Some(last) = self.tokens.last_mut()
            && last.kind == Kind::Mark
            && self.text[last.start as usize..last.end as usize] == *","
        {
            last.role = Role::Trailing;
        }
    }
}

/// Whether the tokens after braces continue their line.
fn goes_on(next: Option<&TokenTree>) -> bool {
    match next {
        Some(TokenTree::Punct(punct)) => matches!(punct.as_char(), ',' | ';' | '.' | '?' | '='),
        Some(TokenTree::Ident(ident)) => *ident == "else",
        _ => false,
    }
}

/// The contents of a group, consumed: a stream with one owner is moved instead of copied.
fn content(group: Group) -> TokenStream {
    group.stream()
}
