/// Limits of one message. A message beyond a limit is a fault, and the parser continues with the input that follows.
///
/// The defaults are those of QEMU's monitor. They can only be lowered: [`Parser`](super::Parser) reduces larger ones to
/// the defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The nesting depth of brackets of both kinds: 1,024.
    pub depth: usize,
    /// The number of tokens in a message: 2,097,152.
    pub tokens: usize,
    /// The number of bytes in all tokens of a message, including quotes and brackets but not white space: 64 MiB. It
    /// also limits each token.
    pub size: usize,
}

impl Limits {
    /// The limits of QEMU's monitor.
    pub const QMP: Self = Self { depth: 1024, tokens: 2 * 1024 * 1024, size: 64 * 1024 * 1024 };

    /// Sets the nesting depth.
    #[must_use]
    pub const fn depth(mut self, levels: usize) -> Self {
        self.depth = levels;
        self
    }

    /// Sets the number of tokens.
    #[must_use]
    pub const fn tokens(mut self, tokens: usize) -> Self {
        self.tokens = tokens;
        self
    }

    /// Sets the number of bytes.
    #[must_use]
    pub const fn size(mut self, bytes: usize) -> Self {
        self.size = bytes;
        self
    }

    /// Reduces larger limits to the defaults: trees are dropped by recursion, which is tested to that depth only, and
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
