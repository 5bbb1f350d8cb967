//! The tokens of a file, read a few lines at a time.

use super::grammar::{Grammar, Rule};
use crate::source::{FileId, Span};
use pest::Parser;
use std::collections::VecDeque;

/// The kind of a token. Its text is the text of its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    ObjectStart,
    ObjectEnd,
    ListStart,
    ListEnd,
    Colon,
    Comma,
    Str,
    UnclosedStr,
    True,
    False,
    /// `##`, with the rest of its line.
    Mark,
    /// `#`, with the rest of its line. The parser uses it only within documentation comments.
    Comment,
    /// Text that is not in the language.
    Stray,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// How many bytes pest parses at once. It keeps about a hundred bytes for each token, too much for a whole large file.
const CHUNK: usize = 64 * 1024;

/// The tokens of a file, comments included.
pub(super) struct Tokens<'a> {
    file: FileId,
    text: &'a str,
    /// The start of the text that is not tokenised yet.
    rest: usize,
    ready: VecDeque<Token>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(file: FileId, text: &'a str) -> Self {
        Tokens { file, text, rest: 0, ready: VecDeque::new() }
    }

    /// The next token; at the end of the text always [`TokenKind::End`].
    pub(super) fn next(&mut self) -> Token {
        loop {
            if let Some(token) = self.ready.pop_front() {
                return token;
            }
            if self.rest >= self.text.len() {
                return self.end();
            }
            if let Some(comment) = self.comment_line() {
                return comment;
            }
            self.fill();
        }
    }

    /// The end of the text is on its last line, not on the empty one that a final newline would begin.
    fn end(&self) -> Token {
        let end = self.text.len() - usize::from(self.text.ends_with('\n'));
        Token { kind: TokenKind::End, span: self.span(end, end) }
    }

    /// The comment that comes next, if there is one. Most lines of a schema are comments, and the first character shows
    /// it, so pest need not parse them.
    fn comment_line(&mut self) -> Option<Token> {
        let rest = &self.text[self.rest..];
        let comment = rest.trim_start_matches(is_blank);
        if !comment.starts_with('#') {
            return None;
        }
        let start = self.rest + rest.len() - comment.len();
        let end = start + comment.find('\n').unwrap_or(comment.len());
        self.rest = end;
        let kind = if comment.starts_with("##") { TokenKind::Mark } else { TokenKind::Comment };
        Some(Token { kind, span: self.span(start, end) })
    }

    /// Tokenises the lines before the next comment line, up to the size of one piece.
    fn fill(&mut self) {
        let rest = &self.text[self.rest..];
        let mut size = CHUNK;
        loop {
            let (end, whole) = lines_end(rest, size);
            self.tokenise(&rest[..end]);
            if whole {
                self.rest += end;
                return;
            }
            // The last token may continue after the piece, so it is read again with more text.
            let last = self.ready.pop_back();
            match last {
                Some(last) if !self.ready.is_empty() => self.rest = last.span.start as usize,
                Some(_) => {
                    size *= 2;
                    continue;
                }
                None => self.rest += end,
            }
            return;
        }
    }

    fn tokenise(&mut self, piece: &str) {
        let pairs = Grammar::parse(Rule::tokens, piece)
            .unwrap_or_else(|error| unreachable!("every character belongs to some token: {error}"));
        for pair in pairs {
            let kind = match pair.as_rule() {
                Rule::punctuation => punctuation(pair.as_str()),
                Rule::string => TokenKind::Str,
                Rule::unclosed_string => TokenKind::UnclosedStr,
                Rule::yes => TokenKind::True,
                Rule::no => TokenKind::False,
                Rule::mark => TokenKind::Mark,
                Rule::comment => TokenKind::Comment,
                Rule::stray => TokenKind::Stray,
                Rule::EOI => continue,
                other => unreachable!("the rule `tokens` yields no {other:?}"),
            };
            let range = pair.as_span();
            let span = self.span(self.rest + range.start(), self.rest + range.end());
            self.ready.push_back(Token { kind, span });
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        // The loader refuses files of 4 GiB and more.
        Span::new(self.file, start as u32, end as u32)
    }
}

/// The `blank` of the grammar.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1C}'..='\u{1F}')
}

/// The end of the lines that may be tokenised together: after at most `size` bytes, and before the next comment line.
/// If the first line is longer than that, the end of a part of it, and `false`.
fn lines_end(text: &str, size: usize) -> (usize, bool) {
    let piece = &text[..boundary(text, size)];
    let mut end = 0;
    for line in piece.split_inclusive('\n') {
        let complete = line.ends_with('\n') || piece.len() == text.len();
        if end > 0 && (!complete || line.trim_start_matches(is_blank).starts_with('#')) {
            break;
        }
        end += line.len();
        if !complete {
            return (end, false);
        }
    }
    (end, true)
}

/// The largest character boundary that is not above `size`.
fn boundary(text: &str, size: usize) -> usize {
    if size >= text.len() {
        return text.len();
    }
    (0..=size).rev().find(|&index| text.is_char_boundary(index)).unwrap_or(0)
}

fn punctuation(text: &str) -> TokenKind {
    match text {
        "{" => TokenKind::ObjectStart,
        "}" => TokenKind::ObjectEnd,
        "[" => TokenKind::ListStart,
        "]" => TokenKind::ListEnd,
        ":" => TokenKind::Colon,
        "," => TokenKind::Comma,
        other => unreachable!("the grammar knows no punctuation {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<(TokenKind, Span)> {
        let mut tokens = Tokens::new(FileId(0), text);
        std::iter::from_fn(|| Some(tokens.next()).filter(|token| token.kind != TokenKind::End))
            .map(|token| (token.kind, token.span))
            .collect()
    }

    /// The grammar's tokens for the whole text at once.
    fn read_at_once(text: &str) -> Vec<(TokenKind, Span)> {
        let mut tokens = Tokens::new(FileId(0), text);
        tokens.tokenise(text);
        tokens.ready.into_iter().map(|token| (token.kind, token.span)).collect()
    }

    proptest! {
        /// The shortcuts for comment lines and pieces serve speed only: the tokens are those of the grammar.
        #[test]
        fn tokens_are_what_the_grammar_says(
            text in "([{}\\[\\]:,#\n\r\t\u{0B}\u{A0}\u{1C} ]|'[a-z\\\\ä\n]{0,4}'|##?[a-z# ]{0,9}\n|true|false|nä){0,60}",
        ) {
            prop_assert_eq!(read(&text), read_at_once(&text));
        }
    }

    #[test]
    fn long_lines_are_read_in_pieces() {
        let long = "'ä', ".repeat(CHUNK);
        let deep = format!("# {}\n", "ä".repeat(CHUNK));
        for text in
            [format!("{long}{deep}{long}\n{deep}"), format!("{deep}{deep}'{deep}"), format!("x{deep}{long}")]
        {
            assert_eq!(read(&text), read_at_once(&text));
        }
    }
}
