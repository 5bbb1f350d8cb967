//! Renders changes for programs: one JSON object on each line.

use super::{Side, Sides};
use crate::compat::{Change, Comparison, Stale};
use crate::source::Span;
use serde_json::{Value, json};

/// Renders the changes, one JSON object on each line. The members are `kind`, `verdict`, `direction`, `definition`,
/// `path`, `reaches`, `message`, `rule`, `old`, `new` and `accepted`. Each of `reaches` is an object with the `root`, which is a
/// command or event, the `direction` and the `path`; `old` and `new` are objects with `file`, `line` and `column`, or
/// null; `accepted` is an object with `reason` and `until`, or null. A stale entry is an object with the `kind`
/// `stale-entry`, a `message`, and the place `entry`.
pub fn json(comparison: &Comparison, sides: &Sides<'_>) -> String {
    let changes = comparison.changes.iter().map(|change| object(change, sides));
    let stale = comparison.stale.iter().map(stale);
    changes.chain(stale).map(|object| format!("{object}\n")).collect()
}

fn stale(stale: &Stale) -> Value {
    let entry = json!({ "file": stale.file, "line": stale.at.line, "column": stale.at.column });
    json!({ "kind": super::STALE, "message": stale.message, "entry": entry })
}

fn object(change: &Change, sides: &Sides<'_>) -> Value {
    let reaches: Vec<Value> = (change.reaches.iter())
        .map(|reach| {
            let direction = reach.direction.to_string();
            json!({ "root": reach.root, "direction": direction, "path": reach.path })
        })
        .collect();
    let accepted = change.accepted.as_ref().map(|accepted| {
        let until = accepted.until.as_ref().map(ToString::to_string);
        json!({ "reason": accepted.reason, "until": until })
    });
    json!({
        "kind": change.kind.name(),
        "verdict": change.verdict.to_string(),
        "direction": change.direction.to_string(),
        "definition": change.definition,
        "path": change.path,
        "reaches": reaches,
        "message": change.message,
        "rule": change.rule,
        "old": place(&sides.old, change.old),
        "new": place(&sides.new, change.new),
        "accepted": accepted,
    })
}

fn place(side: &Side<'_>, span: Option<Span>) -> Value {
    match side.locate(span) {
        None => Value::Null,
        Some((file, at)) => json!({ "file": file, "line": at.line, "column": at.column }),
    }
}
