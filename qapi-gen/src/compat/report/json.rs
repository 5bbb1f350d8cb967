//! Renders changes for programs: one JSON object on each line.

use super::{Side, Sides};
use crate::compat::Change;
use crate::source::Span;
use serde_json::{Value, json};

/// Renders the changes, one JSON object on each line. The members are `kind`, `verdict`, `direction`, `definition`,
/// `path`, `reaches`, `message`, `rule`, `old` and `new`. Each of `reaches` is an object with the `root`, which is a
/// command or event, the `direction` and the `path`; `old` and `new` are objects with `file`, `line` and `column`, or
/// null.
pub fn json(changes: &[Change], sides: &Sides<'_>) -> String {
    let line = |change: &Change| format!("{}\n", object(change, sides));
    changes.iter().map(line).collect()
}

fn object(change: &Change, sides: &Sides<'_>) -> Value {
    let reaches: Vec<Value> = (change.reaches.iter())
        .map(|reach| {
            let direction = reach.direction.to_string();
            json!({ "root": reach.root, "direction": direction, "path": reach.path })
        })
        .collect();
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
    })
}

fn place(side: &Side<'_>, span: Option<Span>) -> Value {
    match side.locate(span) {
        None => Value::Null,
        Some((file, at)) => json!({ "file": file, "line": at.line, "column": at.column }),
    }
}
