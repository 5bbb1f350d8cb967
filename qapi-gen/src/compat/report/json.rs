//! Renders changes for programs: one JSON object on each line.

use super::{Side, Sides};
use crate::compat::Change;
use crate::diagnostic::json::string;
use crate::source::Span;
use std::fmt::Write;

/// Renders the changes, one JSON object on each line. The members are `kind`, `verdict`, `direction`, `path`,
/// `message`, `rule`, `old` and `new`; the last two are objects with `file`, `line` and `column`, or null.
pub fn json(changes: &[Change], sides: &Sides<'_>) -> String {
    let mut out = String::new();
    for change in changes {
        let (verdict, direction) = (change.verdict.to_string(), change.direction.to_string());
        out.push('{');
        for (key, value) in [
            ("kind", change.kind.name()),
            ("verdict", &verdict),
            ("direction", &direction),
            ("path", &change.path),
            ("message", &change.message),
            ("rule", &change.rule),
        ] {
            member(&mut out, key, value);
            out.push_str(", ");
        }
        place(&mut out, "old", &sides.old, change.old);
        out.push_str(", ");
        place(&mut out, "new", &sides.new, change.new);
        out.push_str("}\n");
    }
    out
}

fn member(out: &mut String, key: &str, value: &str) {
    let _ = write!(out, "\"{key}\": ");
    string(out, value);
}

fn place(out: &mut String, key: &str, side: &Side<'_>, span: Option<Span>) {
    let _ = write!(out, "\"{key}\": ");
    match side.locate(span) {
        None => out.push_str("null"),
        Some((file, at)) => {
            out.push('{');
            member(out, "file", file);
            let _ = write!(out, ", \"line\": {}, \"column\": {}}}", at.line, at.column);
        }
    }
}
