//! Decides whether a blank separates two tokens on a line.

use super::token::{Kind, Role, Token};
use proc_macro2::Delimiter;

/// Marks of several characters that are single tokens in the row.
const OPERATORS: [&str; 25] = [
    "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "..", "...", "..=", "<<", ">>", "+=", "-=", "*=",
    "/=", "%=", "^=", "&=", "|=", "<<=", ">>=", "<-",
];

/// Keywords before an expression, a type or a pattern: the next token begins something new.
const KEYWORDS: [&str; 20] = [
    "as", "async", "break", "const", "dyn", "else", "for", "if", "impl", "in", "let", "match", "move", "mut",
    "pub", "ref", "return", "unsafe", "use", "where",
];

/// Whether the characters are one mark.
pub(super) fn is_operator(text: &str) -> bool {
    OPERATORS.contains(&text)
}

fn is_keyword(text: &str) -> bool {
    KEYWORDS.contains(&text)
}

/// The context at a place in the row.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The token before, and its text.
    pub(super) before: Token,
    pub(super) text: &'a str,
    pub(super) bond: Bond,
}

/// How the last token affects the blank after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bond {
    /// The kinds of both tokens decide.
    Loose,
    /// It is a prefix: `&` of a reference, `|` of a closure.
    Prefix,
    /// It is a mark that the next one may continue.
    Joint,
    /// It is such a mark, and a prefix.
    JointPrefix,
}

impl Bond {
    pub(super) fn is_joint(self) -> bool {
        matches!(self, Bond::Joint | Bond::JointPrefix)
    }

    pub(super) fn is_prefix(self) -> bool {
        matches!(self, Bond::Prefix | Bond::JointPrefix)
    }

    pub(super) fn new(joint: bool, prefix: bool) -> Self {
        match (joint, prefix) {
            (false, false) => Bond::Loose,
            (false, true) => Bond::Prefix,
            (true, false) => Bond::Joint,
            (true, true) => Bond::JointPrefix,
        }
    }
}

impl Place<'_> {
    /// Whether a value, a type or a name has just ended, so that a mark here is not a prefix.
    pub(super) fn is_operand(&self) -> bool {
        match self.before.kind {
            _ if self.before.role == Role::Attribute => false,
            Kind::Word => self.is_name(),
            Kind::Mark => matches!(self.text, ">" | ">>" | "?"),
            Kind::Close(Delimiter::Parenthesis | Delimiter::Bracket) => true,
            Kind::Open(_) | Kind::Close(_) | Kind::Doc => false,
        }
    }

    /// Whether a name has just ended, so that braces after it contain its fields.
    pub(super) fn is_name(&self) -> bool {
        self.before.kind == Kind::Word && !is_keyword(self.text) && !self.text.starts_with('\'')
    }

    /// Whether a blank precedes a word or a literal.
    pub(super) fn before_word(&self) -> bool {
        match self.before.kind {
            Kind::Mark => !self.holds_on(),
            Kind::Open(delimiter) => delimiter == Delimiter::Brace,
            Kind::Word | Kind::Close(_) | Kind::Doc => true,
        }
    }

    /// Whether a blank precedes an opening delimiter.
    pub(super) fn before_open(&self, delimiter: Delimiter) -> bool {
        match (self.before.kind, delimiter) {
            (Kind::Mark, Delimiter::Parenthesis) if matches!(self.text, ">" | ">>" | "?") => false,
            (Kind::Mark, Delimiter::Bracket) if self.text == "?" => false,
            (Kind::Mark, _) => !self.holds_on(),
            (Kind::Open(outer), _) => outer == Delimiter::Brace,
            (_, Delimiter::Brace) => true,
            (Kind::Word, _) => !self.is_name() && self.text != "pub",
            (Kind::Close(_), _) if self.before.role == Role::Attribute => true,
            (Kind::Close(Delimiter::Brace) | Kind::Doc, _) => true,
            (Kind::Close(_), _) => false,
        }
    }

    /// Whether a blank precedes a closing delimiter.
    pub(super) fn before_close(&self, delimiter: Delimiter) -> bool {
        delimiter == Delimiter::Brace && !matches!(self.before.kind, Kind::Open(_))
    }

    /// Whether a blank precedes a mark; `close` says that it belongs to the word before: the `!` of a macro, or the `<`
    /// after `for` or `impl`.
    pub(super) fn before_mark(&self, mark: char, close: bool) -> bool {
        if self.bond.is_joint() {
            return false;
        }
        let apart = match mark {
            ',' | ';' | '?' => false,
            '.' => self.text.starts_with(|first: char| first.is_ascii_digit()),
            ':' => matches!(self.before.kind, Kind::Word) && is_keyword(self.text) || !self.ends_name(),
            '<' => !close && !self.is_operand() && !self.begins(),
            '>' => false,
            '!' => !close && !self.begins(),
            _ => !self.begins(),
        };
        apart || self.would_join(mark)
    }

    fn ends_name(&self) -> bool {
        self.is_operand() || self.begins()
    }

    /// Whether no token after this one gets a blank.
    fn begins(&self) -> bool {
        match self.before.kind {
            Kind::Mark => self.holds_on(),
            Kind::Open(delimiter) => delimiter != Delimiter::Brace,
            _ => false,
        }
    }

    /// Whether the mark before allows no blank.
    fn holds_on(&self) -> bool {
        self.bond != Bond::Loose
            || matches!(self.text, "::" | "." | "!" | "#" | "$" | "<" | "<<" | "..=" | "..")
    }

    /// Whether the mark would merge with the one before.
    fn would_join(&self, mark: char) -> bool {
        if self.before.kind != Kind::Mark {
            return false;
        }
        let mut both = [0; 8];
        let last = self.text.chars().next_back().unwrap_or(' ');
        // rustc splits them again in a type.
        if (last, mark) == ('>', '>') {
            return false;
        }
        let length = last.encode_utf8(&mut both).len();
        let length = length + mark.encode_utf8(&mut both[length..]).len();
        std::str::from_utf8(&both[..length]).is_ok_and(is_operator)
    }
}
