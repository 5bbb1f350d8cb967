//! Tokens, read in pieces of some lines.

use super::grammar::{Grammar, Rule};
use crate::source::{FileId, Span};
use pest::Parser;
use std::collections::VecDeque;

/// What a token is. Its text is the text of its span.
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
    /// `##`, with whatever follows it on its line.
    Mark,
    /// `#`, likewise. Only the lines of documentation comments are of interest.
    Comment,
    /// What is not in the language.
    Stray,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// How much is given to pest at once. It keeps about a hundred bytes a token, too much for all of a large file; and it
/// has work to do for every piece, too much for single lines.
const CHUNK: usize = 64 * 1024;

/// The tokens of a file, comments included.
pub(super) struct Tokens<'a> {
    file: FileId,
    text: &'a str,
    /// Where the text that was not tokenised yet begins.
    rest: usize,
    ready: VecDeque<Token>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(file: FileId, text: &'a str) -> Self {
        Tokens { file, text, rest: 0, ready: VecDeque::new() }
    }

    /// The next token; [`TokenKind::End`] again and again at the end of the text.
    pub(super) fn next(&mut self) -> Token {
        loop {
            if let Some(token) = self.ready.pop_front() {
                return token;
            }
            if self.rest >= self.text.len() {
                return self.end();
            }
            self.fill();
        }
    }

    /// The end of the text stands on its last line, not on the empty one that a final newline would begin.
    fn end(&self) -> Token {
        let end = self.text.len() - usize::from(self.text.ends_with('\n'));
        Token { kind: TokenKind::End, span: self.span(end, end) }
    }

    /// Tokenises some more lines, or as much of a line as is handled at once.
    fn fill(&mut self) {
        let rest = &self.text[self.rest..];
        let mut size = CHUNK;
        loop {
            let end = boundary(rest, size);
            let lines_end =
                if end == rest.len() { Some(end) } else { rest[..end].rfind('\n').map(|at| at + 1) };
            if let Some(end) = lines_end {
                self.tokenise(&rest[..end]);
                self.rest += end;
                return;
            }
            // The last token may go on behind the piece: it is read again, with more.
            self.tokenise(&rest[..end]);
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
                Rule::object_start => TokenKind::ObjectStart,
                Rule::object_end => TokenKind::ObjectEnd,
                Rule::list_start => TokenKind::ListStart,
                Rule::list_end => TokenKind::ListEnd,
                Rule::colon => TokenKind::Colon,
                Rule::comma => TokenKind::Comma,
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

/// The largest boundary of a character that is not above `size`.
fn boundary(text: &str, size: usize) -> usize {
    if size >= text.len() {
        return text.len();
    }
    (0..=size).rev().find(|&index| text.is_char_boundary(index)).unwrap_or(0)
}
