//! Renders changes for release notes and reviews.

use super::group::{by_definition, reached, summary};
use super::{Side, Sides, Style};
use crate::compat::{Change, Comparison, Verdict};
use crate::source::Span;
use std::fmt::Write;

/// Renders the changes as Markdown, with a heading and a table for each verdict. Compatible changes are folded, unless
/// the style asks for all. Accepted changes and stale entries have headings of their own.
pub fn markdown(comparison: &Comparison, sides: &Sides<'_>, style: Style) -> String {
    let Comparison { changes, stale } = comparison;
    let mut out = format!("# From {} to {}\n\n", plain_code(sides.old.name), plain_code(sides.new.name));
    let _ = writeln!(out, "{}", summary(comparison));
    for (verdict, title) in [
        (Verdict::Incompatible, "Incompatible"),
        (Verdict::WorthALook, "Worth a look"),
        (Verdict::Compatible, "Compatible"),
    ] {
        let is_chosen = |change: &&Change| change.verdict == verdict && change.accepted.is_none();
        let chosen: Vec<&Change> = changes.iter().filter(is_chosen).collect();
        if chosen.is_empty() {
            continue;
        }
        let _ = write!(out, "\n## {title}\n\n");
        let folded = verdict == Verdict::Compatible && !style.all;
        if folded {
            let _ = write!(out, "<details><summary>{} changes</summary>\n\n", chosen.len());
        }
        table(&mut out, &chosen, sides);
        if folded {
            out.push_str("\n</details>\n");
        }
    }
    let accepted: Vec<&Change> = changes.iter().filter(|change| change.accepted.is_some()).collect();
    if !accepted.is_empty() {
        out.push_str("\n## Accepted\n\n");
        table(&mut out, &accepted, sides);
    }
    if !stale.is_empty() {
        out.push_str("\n## Stale entries\n\n");
    }
    for stale in stale {
        let _ = writeln!(out, "- {}:{}: {}", cell(&stale.file), stale.at.line, cell(&stale.message));
    }
    out
}

/// One row for each change; the first of a definition names it.
fn table(out: &mut String, changes: &[&Change], sides: &Sides<'_>) {
    out.push_str("| definition | what | kind | why | where | old | new |\n|---|---|---|---|---|---|---|\n");
    for group in by_definition(changes.iter().copied()) {
        let mut definition = code(group.definition);
        for change in group.changes {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} |",
                std::mem::take(&mut definition),
                cell(&change.message),
                code(change.kind.name()),
                why(change),
                places(change),
                place(&sides.old, change.old),
                place(&sides.new, change.new),
            );
        }
    }
}

/// The rule, and the reason to accept what it does not allow.
fn why(change: &Change) -> String {
    let accepted =
        change.accepted.as_ref().map(|accepted| format!("<br>accepted: {}", cell(&accepted.to_string())));
    format!("{}{}", cell(&change.rule), accepted.unwrap_or_default())
}

/// The path, and what else the change reaches, folded.
fn places(change: &Change) -> String {
    let reached = reached(change).iter().map(|line| cell(line)).collect::<Vec<_>>().join("<br>");
    match change.reaches.len() {
        0 | 1 => format!("{}<br>{reached}", code(&change.path)),
        count => {
            format!("{}<details><summary>{count} places</summary>{reached}</details>", code(&change.path))
        }
    }
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
