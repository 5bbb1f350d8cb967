//! Renders changes for release notes and reviews.

use super::human::summary;
use super::{Side, Sides};
use crate::compat::{Change, Verdict};
use crate::source::Span;
use std::fmt::Write;

/// Renders the changes as Markdown, with a heading and a table for each verdict.
pub fn markdown(changes: &[Change], sides: &Sides<'_>) -> String {
    let mut out = format!("# From {} to {}\n\n", plain_code(sides.old.name), plain_code(sides.new.name));
    let _ = writeln!(out, "{}", summary(changes));
    for (verdict, title) in [
        (Verdict::Incompatible, "Incompatible"),
        (Verdict::WorthALook, "Worth a look"),
        (Verdict::Compatible, "Compatible"),
    ] {
        let chosen: Vec<&Change> = changes.iter().filter(|change| change.verdict == verdict).collect();
        if chosen.is_empty() {
            continue;
        }
        let _ = write!(out, "\n## {title}\n\n");
        out.push_str("| where | what | direction | why | old | new |\n|---|---|---|---|---|---|\n");
        for change in chosen {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} |",
                code(&change.path),
                cell(&change.message),
                change.direction,
                cell(&change.rule),
                place(&sides.old, change.old),
                place(&sides.new, change.new),
            );
        }
    }
    out
}

fn place(side: &Side<'_>, span: Option<Span>) -> String {
    side.locate(span).map_or_else(String::new, |(file, at)| format!("{}:{}", cell(file), at.line))
}

/// Text for a table cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace("__", "\\_\\_").replace('\n', " ")
}

/// A code span for a table cell.
fn code(text: &str) -> String {
    plain_code(text).replace('|', "\\|")
}

/// A code span. Names in a schema have no backticks, but the name of a file may.
fn plain_code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('\n', " "))
}
