/// A token of the message that is being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Where its text is in the buffer of texts. Brackets, colons and commas have none.
    pub(super) start: u32,
    pub(super) end: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Colon,
    Comma,
    Integer,
    Float,
    Keyword,
    /// A string of ASCII without escapes.
    PlainString,
    /// Any other string.
    String,
}

impl Token {
    /// The text, strings with their quotes.
    #[inline]
    pub(super) fn text(self, text: &[u8]) -> &[u8] {
        &text[self.start as usize..self.end as usize]
    }
}
