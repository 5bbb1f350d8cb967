//! `# qapi-gen: allow(RULE, ...)` in a file silences rules there.

use super::{Finding, Rule};
use crate::schema::Schema;
use crate::source::{FileId, Span};
use std::collections::HashSet;

const MARK: &str = "qapi-gen: allow(";

/// Removes silenced findings. Adds a finding for an unknown rule and for an unterminated list.
pub(super) fn silence(schema: &Schema, findings: &mut Vec<Finding>) {
    let mut silent = HashSet::new();
    let mut faults = Vec::new();
    for (id, file) in schema.sources.files() {
        let mut fault = |span, message| faults.push(Finding::new(Rule::UnknownRule, span, message));
        for (list, start) in lists(file.text()) {
            let Some((list, _)) = list.split_once(')') else {
                fault(
                    span(id, start, list),
                    "a list of rules to silence ends with ')' on its line".to_owned(),
                );
                continue;
            };
            let mut at = start;
            for part in list.split(',') {
                let (name, begin) = (part.trim(), at + part.len() - part.trim_start().len());
                at += part.len() + 1;
                match Rule::from_name(name) {
                    Some(rule) => drop(silent.insert((id, rule))),
                    None if name.is_empty() => {}
                    None => fault(span(id, begin, name), format!("there is no rule '{name}' to silence")),
                }
            }
        }
    }
    findings.append(&mut faults);
    findings.retain(|finding| !silent.contains(&(finding.span.file, finding.rule)));
}

fn span(file: FileId, start: usize, text: &str) -> Span {
    // Files are below 4 GiB.
    Span::new(file, start as u32, (start + text.len()) as u32)
}

/// The text after each mark in a comment, up to the end of the line, with its offset.
fn lists(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.match_indices(MARK).filter_map(move |(at, mark)| {
        let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let start = at + mark.len();
        text[line..at].contains('#').then(|| (text[start..].lines().next().unwrap_or(""), start))
    })
}
