//! The text between the quotes of a string.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// The text of a string token, with the first error of each kind.
pub(super) fn unquote(span: Span, written: &str) -> (String, Vec<Diagnostic>) {
    let inner = &written[1..written.len() - 1];
    let mut text = String::with_capacity(inner.len());
    let mut faults = Vec::new();
    let at = |index: usize, length: usize| {
        let start = span.start + 1 + index as u32;
        Span::new(span.file, start, start + length as u32)
    };
    let mut characters = inner.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some((_, '\\')) => text.push('\\'),
                Some((_, other)) => {
                    let message = format!("unknown escape \\{}", other.escape_debug());
                    let length = 1 + other.len_utf8();
                    let fault = Diagnostic::error(Code::UnknownEscape, at(index, length), message);
                    add(&mut faults, fault.help("the only escape sequence is `\\\\`, for one backslash"));
                    text.push(other);
                }
                None => unreachable!("the grammar takes a backslash together with the character behind it"),
            },
            ' '..='~' => text.push(character),
            _ => {
                let message = format!("character '{}' in a string", character.escape_default());
                let fault =
                    Diagnostic::error(Code::NonPrintableString, at(index, character.len_utf8()), message);
                add(&mut faults, fault.note("strings consist of printable ASCII characters"));
                text.push(character);
            }
        }
    }
    (text, faults)
}

fn add(faults: &mut Vec<Diagnostic>, fault: Diagnostic) {
    if faults.iter().all(|earlier| earlier.code != fault.code) {
        faults.push(fault);
    }
}
