//! Characters: decodes the accepted UTF-8 and writes escapes.

const REPLACEMENT: char = '\u{FFFD}';

/// Whether this is a Unicode noncharacter: U+FDD0 to U+FDEF, and the last two of each plane.
pub(super) fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    code & 0xFFFE == 0xFFFE || (0xFDD0..=0xFDEF).contains(&code)
}

/// The first character of `bytes`, which must not be empty, and how many bytes it takes.
///
/// NUL in the two-byte form `C0 80` is accepted; overlong forms, surrogates and noncharacters are not. A truncated or
/// invalid sequence counts as one.
pub(super) fn decode(bytes: &[u8]) -> (Option<char>, usize) {
    let lead = bytes[0];
    // The length, the bits of the lead, and the smallest code that needs this length.
    let (len, bits, smallest) = match lead {
        0x00..=0x7F => return (Some(char::from(lead)), 1),
        0xC0..=0xDF => (2, lead & 0x1F, 0x80),
        0xE0..=0xEF => (3, lead & 0x0F, 0x800),
        0xF0..=0xF7 => (4, lead & 0x07, 0x1_0000),
        0xF8..=0xFB => (5, lead & 0x03, u32::MAX),
        0xFC..=0xFD => (6, lead & 0x01, u32::MAX),
        _ => return (None, 1),
    };
    let tail = bytes[1..].iter().take(len - 1).take_while(|byte| **byte & 0xC0 == 0x80);
    let (code, taken) = tail.fold((u32::from(bits), 1), |(code, taken), byte| {
        (code.wrapping_shl(6) | u32::from(byte & 0x3F), taken + 1)
    });
    let is_good = taken == len && (code >= smallest || (len == 2 && code == 0));
    let c = if is_good { char::from_u32(code).filter(|c| !is_noncharacter(*c)) } else { None };
    (c, taken)
}

/// Text for people, with U+FFFD for each invalid sequence.
pub(super) fn to_lossy(mut bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    while !bytes.is_empty() {
        let (c, taken) = decode(bytes);
        text.push(c.unwrap_or(REPLACEMENT));
        bytes = &bytes[taken..];
    }
    text
}

/// Appends the contents of a JSON string, without the quotes, in ASCII.
pub(super) fn escape_into(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let plain = bytes.iter().take_while(|byte| is_plain(**byte)).count();
    out.extend_from_slice(&bytes[..plain]);
    if plain < bytes.len() {
        // The plain bytes are ASCII, so a character begins here.
        escape_rest(&text[plain..], out);
    }
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

fn escape_rest(text: &str, out: &mut Vec<u8>) {
    for c in text.chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\u{C}' => out.extend_from_slice(b"\\f"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            // The range is ASCII.
            ' '..='~' => out.push(c as u8),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    escape_unit(*unit, out);
                }
            }
        }
    }
}

fn escape_unit(unit: u16, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.extend_from_slice(b"\\u");
    for shift in [12, 8, 4, 0] {
        out.push(DIGITS[usize::from(unit >> shift & 15)]);
    }
}
