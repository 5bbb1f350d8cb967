//! Renders changes as workflow commands, which GitHub shows at the changed lines of a pull request.

use super::group::{reached, summary};
use super::{Sides, Style};
use crate::compat::{Change, Comparison, Stale, Verdict};

/// Renders one workflow command for each change and stale entry, and a last line that counts them. Compatible changes are only counted,
/// unless the style asks for all.
pub fn github(comparison: &Comparison, sides: &Sides<'_>, style: Style) -> String {
    let shown = comparison.changes.iter().filter(|change| style.all || change.verdict != Verdict::Compatible);
    let mut out: String = shown.map(|change| command(change, sides)).collect();
    out.extend(comparison.stale.iter().map(stale));
    out.push_str(&summary(comparison));
    out.push('\n');
    out
}

fn stale(stale: &Stale) -> String {
    let (file, at) = (property(&stale.file), stale.at);
    let title = super::STALE;
    format!(
        "::error file={file},line={},col={},title={title}::{}\n",
        at.line,
        at.column,
        data(&stale.message)
    )
}

fn command(change: &Change, sides: &Sides<'_>) -> String {
    let command = match change.verdict {
        _ if change.accepted.is_some() => "notice",
        Verdict::Incompatible => "error",
        Verdict::WorthALook => "warning",
        Verdict::Compatible => "notice",
    };
    let place = sides.position(change).map_or_else(String::new, |(file, at)| {
        format!("file={},line={},col={},", property(file), at.line, at.column)
    });
    let accepted = if change.accepted.is_some() { "accepted, though " } else { "" };
    let title = property(&format!("{accepted}{} {}", change.verdict, change.kind));
    let mut text = format!("{}: {}\n{}\n{}", change.definition, change.message, change.rule, change.path);
    if let Some(accepted) = &change.accepted {
        text.push_str(&format!("\naccepted: {accepted}"));
    }
    for line in reached(change) {
        text.push('\n');
        text.push_str(&line);
    }
    format!("::{command} {place}title={title}::{}\n", data(&text))
}

/// The message of a workflow command is one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// In a property, the characters that separate properties are special, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
