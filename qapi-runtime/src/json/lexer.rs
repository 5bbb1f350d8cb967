//! The lexer: a state machine over bytes, which can stop at any byte.

use super::token::TokenKind;

/// The position of the lexer in a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Between tokens.
    Start,
    /// After a lexical error, skipping input.
    Recovery,
    /// In a string; `plain` while it is ASCII without escapes.
    String {
        quote: u8,
        plain: bool,
    },
    /// After the backslash in a string.
    Escape {
        quote: u8,
    },
    Keyword,
    Number(Number),
}

/// The position of the lexer in a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    /// After `-`.
    Minus,
    /// After a leading `0`, which only a fraction may follow: an exponent after it is a separate token.
    Zero,
    Digits,
    /// After the decimal point.
    Point,
    Fraction,
    /// After `e`.
    Exponent,
    /// After the sign of the exponent.
    ExponentSign,
    ExponentDigits,
}

/// The meaning of a byte after part of a number.
pub(super) enum Next {
    Continue(Number),
    /// The number is complete; the byte belongs to the next token.
    End(TokenKind),
    Stray,
}

impl Number {
    pub(super) fn next(self, byte: u8) -> Next {
        use Next::{Continue, End, Stray};

        match (self, byte) {
            (Self::Minus, b'0') => Continue(Self::Zero),
            (Self::Minus | Self::Digits, b'0'..=b'9') => Continue(Self::Digits),
            (Self::Zero, b'0'..=b'9') => Stray,
            (Self::Zero | Self::Digits, b'.') => Continue(Self::Point),
            (Self::Digits | Self::Fraction, b'e' | b'E') => Continue(Self::Exponent),
            (Self::Point | Self::Fraction, b'0'..=b'9') => Continue(Self::Fraction),
            (Self::Exponent, b'+' | b'-') => Continue(Self::ExponentSign),
            (Self::Exponent | Self::ExponentSign | Self::ExponentDigits, b'0'..=b'9') => {
                Continue(Self::ExponentDigits)
            }
            (Self::Zero | Self::Digits, _) => End(TokenKind::Integer),
            (Self::Fraction | Self::ExponentDigits, _) => End(TokenKind::Float),
            (Self::Minus | Self::Point | Self::Exponent | Self::ExponentSign, _) => Stray,
        }
    }
}

/// The meaning of a byte between tokens.
pub(super) enum First {
    Blank,
    /// A token of one byte.
    Mark(TokenKind),
    Long(State),
    Stray,
}

pub(super) fn first(byte: u8) -> First {
    match byte {
        b' ' | b'\t' | b'\n' | b'\r' => First::Blank,
        b'{' => First::Mark(TokenKind::LeftBrace),
        b'}' => First::Mark(TokenKind::RightBrace),
        b'[' => First::Mark(TokenKind::LeftBracket),
        b']' => First::Mark(TokenKind::RightBracket),
        b':' => First::Mark(TokenKind::Colon),
        b',' => First::Mark(TokenKind::Comma),
        b'"' | b'\'' => First::Long(State::String { quote: byte, plain: true }),
        b'a'..=b'z' => First::Long(State::Keyword),
        b'-' => First::Long(State::Number(Number::Minus)),
        b'0' => First::Long(State::Number(Number::Zero)),
        b'1'..=b'9' => First::Long(State::Number(Number::Digits)),
        _ => First::Stray,
    }
}

/// Whether lexing resumes at this byte after a lexical error.
pub(super) fn ends_recovery(byte: u8) -> bool {
    match byte {
        b'[' | b']' | b'{' | b'}' | b':' | b',' => true,
        b'\t' => false,
        _ => is_never_text(byte),
    }
}

/// Whether a string cannot contain this byte: control characters, and bytes that never occur in UTF-8.
pub(super) fn is_never_text(byte: u8) -> bool {
    matches!(byte, 0x00..=0x1F | 0xFE | 0xFF)
}

/// How many leading bytes stand for themselves in a string: ASCII except for control characters, `quote` and the
/// backslash.
#[inline]
pub(super) fn plain_run(bytes: &[u8], quote: u8) -> usize {
    let mut run = 0;
    // Eight bytes at a time: names are short, so one or two steps are usually enough.
    while let Some(word) = bytes[run..].first_chunk() {
        let ends = ends_of_run(u64::from_le_bytes(*word), quote);
        if ends != 0 {
            return run + ends.trailing_zeros() as usize / 8;
        }
        run += size_of::<u64>();
    }
    let is_plain = |byte: u8| byte != quote && byte != b'\\' && matches!(byte, b' '..=b'\x7F');
    run + bytes[run..].iter().take_while(|byte| is_plain(**byte)).count()
}

/// Sets the top bit of each byte that ends a run. Exact for the lowest such byte; higher ones may be false positives.
fn ends_of_run(word: u64, quote: u8) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    const TOPS: u64 = ONES * 0x80;
    // A byte borrows from the next higher one only if it is itself below the limit, so the lowest hit is exact.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & TOPS;
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    below(word, b' ') | equal(quote) | equal(b'\\') | (word & TOPS)
}

#[cfg(test)]
mod tests {
    use super::plain_run;

    #[test]
    fn each_byte_ends_a_run_or_does_not_wherever_it_stands() {
        for quote in [b'"', b'\''] {
            for byte in 0..=u8::MAX {
                let plain = byte != quote && byte != b'\\' && (0x20..0x80).contains(&byte);
                for place in 0..20 {
                    for around in [b'a', b' ', b'\x7F', b'!', b'#', b']', b'['] {
                        let mut bytes = [around; 20];
                        bytes[place] = byte;
                        let run = if plain { 20 } else { place };
                        assert_eq!(plain_run(&bytes, quote), run, "{byte:#x} at {place} among {around:#x}");
                        // What follows, another end among it, makes no difference.
                        bytes[place + 1..].fill(quote);
                        let run = if plain { place + 1 } else { place };
                        assert_eq!(plain_run(&bytes, quote), run, "{byte:#x} at {place} before quotes");
                    }
                }
            }
        }
    }
}
