//! Tokens, including comments. Syntax errors use the words of `qapi-gen check`, which explains more.

use super::FormatError;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open(char),
    Close(char),
    Colon,
    Comma,
    /// A string or a word.
    Atom,
    /// A comment, including `##`.
    Comment,
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// The text, without trailing blanks.
    pub(super) text: &'a str,
    pub(super) line: u32,
    /// Its offset in the text, in bytes.
    pub(super) start: usize,
    /// Its offset in the line, in bytes.
    pub(super) column: usize,
    /// Whether only blanks precede it on its line.
    pub(super) first: bool,
}

impl Token<'_> {
    /// Whether it opens or closes documentation.
    pub(super) fn is_mark(&self) -> bool {
        self.kind == Kind::Comment && self.text.starts_with("##")
    }
}

/// The tokens of a file.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, FormatError> {
    let mut tokens = Vec::new();
    let mut offset = 0;
    for (line, number) in text.split('\n').zip(1..) {
        let mut rest = line;
        let mut first = true;
        loop {
            rest = rest.trim_start();
            let Some(start) = rest.chars().next() else { break };
            let (kind, length) = match start {
                '{' | '[' => (Kind::Open(start), 1),
                '}' | ']' => (Kind::Close(start), 1),
                ':' => (Kind::Colon, 1),
                ',' => (Kind::Comma, 1),
                '#' => (Kind::Comment, rest.len()),
                '\'' => match string_length(rest) {
                    Some(length) => (Kind::Atom, length),
                    None => return Err(FormatError::new(number, "a string does not end on its line")),
                },
                _ => match ["true", "false"].into_iter().find(|word| is_word(rest, word)) {
                    Some(word) => (Kind::Atom, word.len()),
                    None => {
                        return Err(FormatError::new(number, format!("'{start}' is not in the language")));
                    }
                },
            };
            let column = line.len() - rest.len();
            let (text, behind) = rest.split_at(length);
            let start = offset + column;
            tokens.push(Token { kind, text: text.trim_end(), line: number, start, column, first });
            (rest, first) = (behind, false);
        }
        offset += line.len() + 1;
    }
    Ok(tokens)
}

fn is_word(rest: &str, word: &str) -> bool {
    rest.strip_prefix(word)
        .is_some_and(|behind| !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// The length of a string with its quotes.
fn string_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (index, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\'' => return Some(index + 1),
            _ => {}
        }
    }
    None
}
