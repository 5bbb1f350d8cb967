/// How much one message may hold. Whatever is beyond is answered with an error, and the parser goes on with what follows.
///
/// The defaults are those of QEMU's monitor. They can be lowered; [`Parser`](super::Parser) takes larger ones as the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How deep brackets of both kinds may nest: 1,024.
    pub depth: usize,
    /// How many tokens a message may have: 2,097,152.
    pub tokens: usize,
    /// How many bytes the tokens of a message, or one token, may have, quotes and brackets included, white space not: 64 MiB.
    pub size: usize,
}

impl Limits {
    /// The limits of QEMU's monitor.
    pub const QMP: Self = Self { depth: 1024, tokens: 2 * 1024 * 1024, size: 64 * 1024 * 1024 };

    /// The same with another depth.
    #[must_use]
    pub const fn depth(mut self, levels: usize) -> Self {
        self.depth = levels;
        self
    }

    /// The same with another number of tokens.
    #[must_use]
    pub const fn tokens(mut self, tokens: usize) -> Self {
        self.tokens = tokens;
        self
    }

    /// The same with another size.
    #[must_use]
    pub const fn size(mut self, bytes: usize) -> Self {
        self.size = bytes;
        self
    }

    /// Never above the default: trees are dropped and decoded by recursion, which is tried and tested that deep, and
    /// tokens are stored with 32-bit offsets.
    pub(super) fn clamped(self) -> Self {
        let Self { depth, tokens, size } = Self::QMP;
        Self { depth: self.depth.min(depth), tokens: self.tokens.min(tokens), size: self.size.min(size) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::QMP
    }
}
