//! Renders changes for people at a terminal.

use super::Sides;
use crate::compat::{Change, Verdict};
use std::fmt::Write;

/// Renders the changes as text; the last line counts them. With `colour`, verdicts are coloured.
pub fn human(changes: &[Change], sides: &Sides<'_>, colour: bool) -> String {
    let mut out = String::new();
    for change in changes {
        print(&mut out, change, sides, colour).expect("writing to a string does not fail");
    }
    out.push_str(&summary(changes));
    out.push('\n');
    out
}

fn print(out: &mut String, change: &Change, sides: &Sides<'_>, colour: bool) -> std::fmt::Result {
    let (start, end) = if colour { (paint(change.verdict), "\u{1b}[0m") } else { ("", "") };
    writeln!(out, "{start}{}{end}: {}: {} [{}]", change.verdict, change.path, change.message, change.kind)?;
    writeln!(out, "    {}: {}", change.direction, change.rule)?;
    for (word, side, span) in [("old", sides.old, change.old), ("new", sides.new, change.new)] {
        if let Some(place) = side.place(span) {
            writeln!(out, "    {word}: {place}")?;
        }
    }
    writeln!(out)
}

fn paint(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Incompatible => "\u{1b}[1;31m",
        Verdict::WorthALook => "\u{1b}[1;33m",
        Verdict::Compatible => "\u{1b}[1;32m",
    }
}

/// The number of changes for each verdict, in one line.
pub(super) fn summary(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "no change".to_owned();
    }
    let count = |verdict| changes.iter().filter(|change| change.verdict == verdict).count();
    let noun = if changes.len() == 1 { "change" } else { "changes" };
    let (bad, look, good) =
        (count(Verdict::Incompatible), count(Verdict::WorthALook), count(Verdict::Compatible));
    format!("{} {noun}: {bad} incompatible, {look} worth a look, {good} compatible", changes.len())
}
