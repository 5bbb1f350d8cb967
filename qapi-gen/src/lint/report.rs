//! Shows advice.

use super::Finding;
use crate::source::Sources;
use std::collections::BTreeSet;
use std::fmt::Write;

/// For people: one line each, and the reason of each rule once, at the end.
pub fn human(findings: &[Finding], sources: &Sources, colour: bool) -> String {
    let (start, end) = if colour { ("\u{1b}[1;33m", "\u{1b}[0m") } else { ("", "") };
    let mut out = String::new();
    for finding in findings {
        let (file, at) = (sources.file(finding.span.file).name(), sources.locate(finding.span));
        let _ = writeln!(
            out,
            "{file}:{}:{}: {start}advice{end}[{}]: {}",
            at.line, at.column, finding.rule, finding.message
        );
    }
    let rules: BTreeSet<_> = findings.iter().map(|finding| finding.rule).collect();
    for rule in rules {
        let _ = writeln!(out, "\n{rule}: {}", rule.reason());
    }
    if !findings.is_empty() {
        out.push_str("\nA comment `# qapi-gen: allow(RULE)` silences a rule for its file.\n");
    }
    out
}

/// For programs: one JSON object a line.
pub fn json(findings: &[Finding], sources: &Sources) -> String {
    let mut out = String::new();
    for finding in findings {
        let (file, at) = (sources.file(finding.span.file).name(), sources.locate(finding.span));
        let _ = writeln!(
            out,
            "{{\"code\": {}, \"severity\": \"advice\", \"message\": {}, \"reason\": {}, \"file\": {}, \"line\": {}, \
             \"column\": {}}}",
            quote(finding.rule.name()),
            quote(&finding.message),
            quote(finding.rule.reason()),
            quote(file),
            at.line,
            at.column,
        );
    }
    out
}

fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
