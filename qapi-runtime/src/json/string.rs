use std::borrow::Cow;

use super::chars;
use super::parse_error::ParseError;
use super::token::{Token, TokenKind};

/// Decodes a string token. Borrows the text if it has no escapes.
pub(super) fn decode(token: Token, texts: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    let spelled = token.text(texts);
    let inner = &spelled[1..spelled.len() - 1];
    if let Ok(text) = core::str::from_utf8(inner) {
        let is_plain = token.kind == TokenKind::PlainString;
        if is_plain || !(inner.contains(&b'\\') || text.chars().any(chars::is_noncharacter)) {
            return Ok(Cow::Borrowed(text));
        }
    }
    unescape(inner, spelled).map(Cow::Owned)
}

/// `inner` is the string between the quotes of `spelled`.
fn unescape(inner: &[u8], spelled: &[u8]) -> Result<String, ParseError> {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while !rest.is_empty() {
        let (c, taken) = match rest {
            [b'\\', b'u', ..] => {
                // An error quotes the following text, up to and including the closing quote.
                let from = 1 + inner.len() - rest.len();
                decode_unicode_escape(&spelled[from..])?
            }
            [b'\\', escape, ..] => (decode_escape(*escape)?, 2),
            _ => {
                let (c, taken) = chars::decode(rest);
                (c.ok_or_else(|| ParseError::syntax("invalid UTF-8 sequence in string"))?, taken)
            }
        };
        text.push(c);
        rest = &rest[taken..];
    }
    Ok(text)
}

fn decode_escape(escape: u8) -> Result<char, ParseError> {
    Ok(match escape {
        b'"' | b'\'' | b'\\' | b'/' => char::from(escape),
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => return Err(ParseError::syntax("invalid escape sequence in string")),
    })
}

/// `\uXXXX`, or two of them that make a surrogate pair, at the beginning of `spelled`.
fn decode_unicode_escape(spelled: &[u8]) -> Result<(char, usize), ParseError> {
    let first = hex4(&spelled[2..]);
    let second = match (first, spelled.get(6..)) {
        (Some(0xD800..=0xDBFF), Some([b'\\', b'u', digits @ ..])) => {
            hex4(digits).filter(|unit| (0xDC00..=0xDFFF).contains(unit))
        }
        _ => None,
    };
    let (units, taken) = match second {
        Some(_) => ([first, second], 12),
        None => ([first, None], 6),
    };
    // `decode_utf16` fails for a lone surrogate, and yields nothing if a digit was invalid.
    let c = char::decode_utf16(units.into_iter().flatten()).next().and_then(Result::ok);
    match c.filter(|c| !chars::is_noncharacter(*c)) {
        Some(c) => Ok((c, taken)),
        None => {
            let quoted = chars::to_lossy(&spelled[..taken.min(spelled.len())]);
            Err(ParseError::syntax(format!("{quoted} is not a valid Unicode character")))
        }
    }
}

fn hex4(digits: &[u8]) -> Option<u16> {
    digits.get(..4)?.iter().try_fold(0, |unit, digit| {
        // A hexadecimal digit fits in 4 bits.
        let value = char::from(*digit).to_digit(16)? as u16;
        Some(unit << 4 | value)
    })
}
