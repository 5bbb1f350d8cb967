//! For programs: one JSON object a line.

use super::{Side, Sides};
use crate::compat::Change;
use crate::source::Span;
use std::fmt::Write;

/// Renders the changes, one JSON object a line. The members are `kind`, `verdict`, `direction`, `path`,
/// `message`, `rule`, `old` and `new`; the last two are objects with `file`, `line` and `column`, or null.
pub fn json(changes: &[Change], sides: &Sides<'_>) -> String {
    let mut out = String::new();
    for change in changes {
        let members = [
            ("kind", change.kind.name().to_owned()),
            ("verdict", change.verdict.to_string()),
            ("direction", change.direction.to_string()),
            ("path", change.path.clone()),
            ("message", change.message.clone()),
            ("rule", change.rule.clone()),
        ];
        out.push('{');
        for (key, value) in members {
            let _ = write!(out, "\"{key}\": {}, ", quote(&value));
        }
        let (old, new) = (place(&sides.old, change.old), place(&sides.new, change.new));
        let _ = writeln!(out, "\"old\": {old}, \"new\": {new}}}");
    }
    out
}

fn place(side: &Side<'_>, span: Option<Span>) -> String {
    match side.locate(span) {
        None => "null".to_owned(),
        Some((file, at)) => {
            format!("{{\"file\": {}, \"line\": {}, \"column\": {}}}", quote(file), at.line, at.column)
        }
    }
}

fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
