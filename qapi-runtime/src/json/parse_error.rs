use core::fmt;
use std::borrow::Cow;

/// A fault in JSON text.
///
/// The [`Display`](fmt::Display) form is the description of the error reply, which has class `GenericError` and never
/// an `id`, because none could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// A byte that cannot continue the token: the token so far, with that byte.
    Stray(String),
    /// Tokens in a wrong order.
    Syntax(Cow<'static, str>),
    Limit(&'static str),
}

/// Descriptions are cut at this length, as QEMU's are, except for the stray token of a lexical error.
const LONGEST: usize = 1023;

impl ParseError {
    /// Whether the fault is in a token. The parser has then dropped all open brackets, and skips input up to where a
    /// new token can begin.
    #[must_use]
    pub fn is_lexical(&self) -> bool {
        matches!(self.kind, Kind::Stray(_))
    }

    /// A stray token, which may be invalid UTF-8. The text ends at the first NUL, as in QEMU's reply.
    #[cold]
    pub(super) fn stray(token: &[u8]) -> Self {
        let shown = token.split(|byte| *byte == 0).next().unwrap_or_default();
        Self { kind: Kind::Stray(super::chars::to_lossy(shown)) }
    }

    #[cold]
    pub(super) fn syntax(text: impl Into<Cow<'static, str>>) -> Self {
        let mut text = text.into();
        if text.len() > LONGEST {
            let mut end = LONGEST;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.to_mut().truncate(end);
        }
        Self { kind: Kind::Syntax(text) }
    }

    #[cold]
    pub(super) fn limit(what: &'static str) -> Self {
        Self { kind: Kind::Limit(what) }
    }

    pub(super) fn unexpected_end() -> Self {
        Self::syntax("unexpected end of text")
    }

    pub(super) fn trailing() -> Self {
        Self::syntax("unexpected text after the value")
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Stray(token) => write!(f, "JSON parse error, stray '{token}'"),
            Kind::Syntax(text) => write!(f, "JSON parse error, {text}"),
            Kind::Limit(what) => write!(f, "JSON {what} limit exceeded"),
        }
    }
}

impl core::error::Error for ParseError {}
