//! The lexer, a state machine over bytes that may stop anywhere.

use super::token::TokenKind;

/// Where the lexer stands in a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Between tokens.
    Start,
    /// Behind a lexical error, skipping.
    Recovery,
    /// In a string; whether it is ASCII without escapes so far.
    String {
        quote: u8,
        plain: bool,
    },
    /// Behind the backslash in a string.
    Escape {
        quote: u8,
    },
    Keyword,
    Number(Number),
}

/// Where the lexer stands in a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    /// Behind `-`.
    Minus,
    /// Behind a leading `0`, which takes a fraction only: an exponent behind it is a token of its own.
    Zero,
    Digits,
    /// Behind the point.
    Point,
    Fraction,
    /// Behind `e`.
    Exponent,
    /// Behind the sign of the exponent.
    ExponentSign,
    ExponentDigits,
}

/// What a byte means behind part of a number.
pub(super) enum Next {
    Continue(Number),
    /// The number is complete; the byte belongs to what follows.
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

/// What begins with a byte, between tokens.
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

/// Whether lexing resumes at this byte behind a lexical error.
pub(super) fn ends_recovery(byte: u8) -> bool {
    match byte {
        b'[' | b']' | b'{' | b'}' | b':' | b',' => true,
        b'\t' => false,
        _ => is_never_text(byte),
    }
}

/// Whether a string cannot hold this byte: control characters, and what no UTF-8 has.
pub(super) fn is_never_text(byte: u8) -> bool {
    matches!(byte, 0x00..=0x1F | 0xFE | 0xFF)
}
