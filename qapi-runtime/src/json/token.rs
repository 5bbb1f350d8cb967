/// A token of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// The range of its text in the buffer of texts. Empty for brackets, colons and commas.
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
    /// An ASCII string without escapes.
    PlainString,
    /// Any other string.
    String,
}

impl Token {
    /// The text. Strings include their quotes.
    #[inline]
    pub(super) fn text(self, text: &[u8]) -> &[u8] {
        &text[self.start as usize..self.end as usize]
    }
}

/// The tokens of a message in order. Their texts are contiguous, so only the ends are stored: five bytes per token.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    kinds: Vec<TokenKind>,
    ends: Vec<u32>,
}

impl Tokens {
    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    #[inline]
    pub(super) fn push(&mut self, kind: TokenKind, end: u32) {
        self.kinds.push(kind);
        self.ends.push(end);
    }

    #[inline]
    pub(super) fn iter(&self) -> impl Iterator<Item = Token> {
        let mut start = 0;
        self.kinds.iter().zip(&self.ends).map(move |(&kind, &end)| {
            let token = Token { kind, start, end };
            start = end;
            token
        })
    }

    /// Removes all tokens and keeps capacity for `kept`.
    pub(super) fn clear(&mut self, kept: usize) {
        self.kinds.clear();
        self.kinds.shrink_to(kept);
        self.ends.clear();
        self.ends.shrink_to(kept);
    }

    /// How many bytes of memory the tokens take.
    pub(super) fn memory(&self) -> usize {
        self.kinds.capacity() * size_of::<TokenKind>() + self.ends.capacity() * size_of::<u32>()
    }
}
