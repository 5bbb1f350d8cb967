//! Renders changes as SARIF 2.1.0, which code hosts and editors read.

use super::{Side, Sides};
use crate::compat::{Change, Comparison, Kind, Stale, Verdict};
use crate::source::{Location, Span};
use serde_json::{Value, json};

/// Renders the changes as one SARIF document. The location of a result is that in the new schema, if there is one. An
/// accepted change is a suppressed result.
pub fn sarif(comparison: &Comparison, sides: &Sides<'_>) -> String {
    let rule = |(id, text)| json!({ "id": id, "shortDescription": { "text": text } });
    let kinds = Kind::ALL.iter().map(|kind| (kind.name(), kind.meaning()));
    let stale_rule = (super::STALE, "An entry of the accept file accepts nothing.");
    let rules: Vec<Value> = kinds.chain([stale_rule]).map(rule).collect();
    let changes = comparison.changes.iter().map(|change| result(change, sides));
    let results: Vec<Value> = changes.chain(comparison.stale.iter().map(stale)).collect();
    let driver = json!({ "name": "qapi-gen diff", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "results": results }],
    });
    format!("{document:#}\n")
}

fn stale(stale: &Stale) -> Value {
    json!({
        "ruleId": super::STALE,
        "level": "error",
        "message": { "text": stale.message },
        "locations": [physical(&stale.file, stale.at)],
    })
}

fn result(change: &Change, sides: &Sides<'_>) -> Value {
    let level = match change.verdict {
        Verdict::Incompatible => "error",
        Verdict::WorthALook => "warning",
        Verdict::Compatible => "note",
    };
    let (old, new) = (location(&sides.old, change.old), location(&sides.new, change.new));
    // Without a place in the new schema, the place in the old one is all there is.
    let (locations, related) = if new.is_some() { (new, old) } else { (old, None) };
    let paths: Vec<&str> = change.reaches.iter().map(|reach| reach.path.as_str()).collect();
    let suppressed = change.accepted.iter().map(
        |accepted| json!({ "kind": "external", "status": "accepted", "justification": accepted.to_string() }),
    );
    json!({
        "ruleId": change.kind.name(),
        "level": level,
        "message": { "text": format!("{}: {}: {}", change.definition, change.message, change.rule) },
        "locations": Vec::from_iter(locations),
        "relatedLocations": Vec::from_iter(related),
        "suppressions": Vec::from_iter(suppressed),
        "properties": {
            "verdict": change.verdict.to_string(),
            "direction": change.direction.to_string(),
            "definition": change.definition,
            "path": change.path,
            "paths": paths,
        },
    })
}

fn location(side: &Side<'_>, span: Option<Span>) -> Option<Value> {
    side.locate(span).map(|(file, at)| physical(file, at))
}

fn physical(file: &str, at: Location) -> Value {
    let region = json!({ "startLine": at.line, "startColumn": at.column });
    let artifact = json!({ "uri": uri(file) });
    json!({ "physicalLocation": { "artifactLocation": artifact, "region": region } })
}

/// A path as a URI reference (RFC 3986): bytes outside of the unreserved ones are written as `%XX`.
fn uri(path: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    path.bytes().map(byte).collect()
}
