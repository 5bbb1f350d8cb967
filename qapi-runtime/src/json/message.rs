use std::ops::Range;

use super::{ParseError, Value};
use super::{
    chars, string,
    token::{TokenKind, Tokens},
};

/// An item of the parser: a complete value, or a fault.
#[derive(Debug)]
pub enum Item<'p> {
    /// A complete value at the top level.
    Message(Message<'p>),
    /// A fault. The parser continues after it.
    Error(ParseError),
}

/// A complete value with its text.
#[derive(Debug)]
pub struct Message<'p> {
    pub(super) value: Value<'p>,
    pub(super) tokens: &'p Tokens,
    pub(super) text: &'p [u8],
}

impl<'p> Message<'p> {
    /// The value.
    #[must_use]
    pub fn value(&self) -> &Value<'p> {
        &self.value
    }

    /// The value, still borrowing from the parser.
    #[must_use]
    pub fn into_value(self) -> Value<'p> {
        self.value
    }

    /// A member of the top-level object as JSON text: numbers as they were sent, strings escaped again to ASCII,
    /// members in the order sent, separators `, ` and `: `. `None` if there is no such member.
    ///
    /// This returns an `id` unchanged, even if it is a number that a double cannot hold.
    #[must_use]
    pub fn raw_member(&self, name: &str) -> Option<String> {
        let index = self.value.as_object()?.iter().position(|(other, _)| other == name)?;
        let mut out = Vec::with_capacity(32);
        self.reprint(self.member_places(index), &mut out);
        // Numbers and keywords are ASCII by the lexer's grammar, and strings were escaped.
        String::from_utf8(out).ok()
    }

    /// The tokens of the value of the top-level member with this index.
    fn member_places(&self, index: usize) -> Range<usize> {
        let mut depth = 0usize;
        let mut commas = 0;
        let mut start = None;
        for (place, token) in self.tokens.iter().enumerate() {
            match token.kind {
                TokenKind::LeftBrace | TokenKind::LeftBracket => depth += 1,
                TokenKind::RightBrace | TokenKind::RightBracket => depth -= 1,
                _ => {}
            }
            // A comma or the closing bracket of the object ends the value.
            let ends = depth == 0 || (depth == 1 && token.kind == TokenKind::Comma);
            match start {
                Some(start) if ends => return start..place,
                _ if ends => commas += 1,
                // A name and its colon come before anything nested.
                None if commas == index && token.kind == TokenKind::Colon => start = Some(place + 1),
                _ => {}
            }
        }
        // Never reached: the tree was built from these tokens, and has the member.
        0..0
    }

    fn reprint(&self, places: Range<usize>, out: &mut Vec<u8>) {
        for token in self.tokens.iter().take(places.end).skip(places.start) {
            match token.kind {
                TokenKind::LeftBrace => out.push(b'{'),
                TokenKind::RightBrace => out.push(b'}'),
                TokenKind::LeftBracket => out.push(b'['),
                TokenKind::RightBracket => out.push(b']'),
                TokenKind::Colon => out.extend_from_slice(b": "),
                TokenKind::Comma => out.extend_from_slice(b", "),
                TokenKind::Integer | TokenKind::Float | TokenKind::Keyword => {
                    out.extend_from_slice(token.text(self.text));
                }
                TokenKind::PlainString | TokenKind::String => {
                    // Decoding succeeded when the tree was built, so the default is never used.
                    let text = string::decode(token, self.text).unwrap_or_default();
                    out.push(b'"');
                    chars::escape_into(&text, out);
                    out.push(b'"');
                }
            }
        }
    }
}
