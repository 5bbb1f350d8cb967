//! `# qapi-gen: allow(RULE, ...)` in a file silences rules there.

use super::{Finding, Rule};
use crate::schema::Schema;
use crate::source::{FileId, SourceFile, Span};
use std::collections::HashSet;

const MARK: &str = "qapi-gen: allow(";

/// Leaves out what is silenced; adds a finding for a rule that does not exist.
pub(super) fn silence(schema: &Schema, findings: &mut Vec<Finding>) {
    let mut silent = HashSet::new();
    let mut unknown = Vec::new();
    for (id, file) in schema.sources.files() {
        for (name, span) in allowed(id, file) {
            match Rule::from_name(name) {
                Some(rule) => {
                    silent.insert((id, rule));
                }
                None => unknown.push(Finding {
                    rule: Rule::UnknownRule,
                    span,
                    message: format!("there is no rule '{name}' to silence"),
                }),
            }
        }
    }
    findings.append(&mut unknown);
    findings.retain(|finding| !silent.contains(&(finding.span.file, finding.rule)));
}

/// The rules that comments of a file name, with their places.
fn allowed(id: FileId, file: &SourceFile) -> Vec<(&str, Span)> {
    let mut rules = Vec::new();
    let mut start = 0;
    for line in file.text().split_inclusive('\n') {
        if let Some((list, offset)) = list(line) {
            let mut at = offset;
            for name in list.split(',') {
                let trimmed = name.trim();
                let begin = start + at + (name.len() - name.trim_start().len());
                // Files are below 4 GiB.
                let span = Span::new(id, begin as u32, (begin + trimmed.len()) as u32);
                if !trimmed.is_empty() {
                    rules.push((trimmed, span));
                }
                at += name.len() + 1;
            }
        }
        start += line.len();
    }
    rules
}

/// What stands between the brackets, and where on the line.
fn list(line: &str) -> Option<(&str, usize)> {
    if !line.trim_start().starts_with('#') {
        return None;
    }
    let start = line.find(MARK)? + MARK.len();
    let length = line[start..].find(')')?;
    Some((&line[start..start + length], start))
}
