//! Renders diagnostics for programs: one JSON object on each line.

use super::{Diagnostic, Diagnostics, Note, Origin};
use crate::source::{Sources, Span};
use std::fmt::Write;

impl Diagnostic {
    /// Renders the diagnostic as one JSON object on a line of its own.
    pub fn to_json(&self, sources: &Sources) -> String {
        let mut out = String::from("{");
        member(&mut out, "code", self.code.name());
        member(&mut out, "severity", &self.severity.to_string());
        member(&mut out, "message", &self.message);
        match &self.origin {
            Origin::Span(span) => {
                place(&mut out, sources, self.focus(sources).unwrap_or(*span));
                let qemu = sources.locate(self.qemu.unwrap_or(*span)).line;
                // Writing to a `String` cannot fail.
                let _ = write!(out, ",\"qemu_line\":{qemu}");
            }
            Origin::Option(option) => {
                member(&mut out, "option", option);
                out.push_str(",\"file\":null,\"line\":null,\"column\":null");
            }
            Origin::File(path) => {
                member(&mut out, "file", &path.to_string_lossy());
                out.push_str(",\"line\":null,\"column\":null");
            }
        }
        list(&mut out, "labels", &self.labels, |out, label| {
            member(out, "message", &label.text);
            place(out, sources, label.span);
        });
        list(&mut out, "notes", &self.notes, |out, note| match note {
            Note::Note(text) => member(out, "note", text),
            Note::Help(text) => member(out, "help", text),
        });
        let chain = self.included_from(sources);
        list(&mut out, "included_from", &chain, |out, span| place(out, sources, *span));
        out.push_str("}\n");
        out
    }

    /// The include directives that led to the origin's file, the nearest first.
    pub(super) fn included_from(&self, sources: &Sources) -> Vec<Span> {
        let Origin::Span(span) = self.origin else { return Vec::new() };
        // A file is always included by one that was read before it, so the loop ends.
        std::iter::successors(sources.file(span.file).included_at(), |at| sources.file(at.file).included_at())
            .collect()
    }
}

impl Diagnostics {
    /// Renders all diagnostics, one JSON object on each line.
    pub fn to_json(&self, sources: &Sources) -> String {
        self.iter().map(|diagnostic| diagnostic.to_json(sources)).collect()
    }
}

fn place(out: &mut String, sources: &Sources, span: Span) {
    let file = sources.file(span.file);
    let (start, end) = (file.locate(span.start), file.locate(span.end));
    member(out, "file", file.name());
    for (key, number) in
        [("line", start.line), ("column", start.column), ("end_line", end.line), ("end_column", end.column)]
    {
        let _ = write!(out, ",\"{key}\":{number}");
    }
}

fn list<T>(out: &mut String, key: &str, items: &[T], object: impl Fn(&mut String, &T)) {
    let _ = write!(out, ",\"{key}\":[");
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index == 0 { "{" } else { ",{" });
        object(out, item);
        out.push('}');
    }
    out.push(']');
}

/// Appends a member, with a comma before it unless it is the first of its object.
fn member(out: &mut String, key: &str, value: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    string(out, key);
    out.push(':');
    string(out, value);
}

/// Appends a JSON string.
pub(crate) fn string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c < ' ' || c == '\u{7f}' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
