//! Renders changes as SARIF 2.1.0, which code hosts and editors read.

use super::{Side, Sides};
use crate::compat::{Change, Kind, Verdict};
use crate::source::Span;
use serde_json::{Value, json};

/// Renders the changes as one SARIF document. The location of a result is that in the new schema, if there is one.
pub fn sarif(changes: &[Change], sides: &Sides<'_>) -> String {
    let rules: Vec<Value> = (Kind::ALL.iter())
        .map(|kind| json!({ "id": kind.name(), "shortDescription": { "text": kind.meaning() } }))
        .collect();
    let results: Vec<Value> = changes.iter().map(|change| result(change, sides)).collect();
    let driver = json!({ "name": "qapi-gen diff", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "results": results }],
    });
    format!("{document:#}\n")
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
    json!({
        "ruleId": change.kind.name(),
        "level": level,
        "message": { "text": format!("{}: {}: {}", change.definition, change.message, change.rule) },
        "locations": Vec::from_iter(locations),
        "relatedLocations": Vec::from_iter(related),
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
    let (file, at) = side.locate(span)?;
    let region = json!({ "startLine": at.line, "startColumn": at.column });
    let artifact = json!({ "uri": uri(file) });
    Some(json!({ "physicalLocation": { "artifactLocation": artifact, "region": region } }))
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
