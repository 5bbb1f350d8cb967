//! Renders advice.

use super::Finding;
use crate::diagnostic::json::string;
use crate::source::Sources;
use std::collections::BTreeSet;
use std::fmt::Write;

/// For people: one line for each piece of advice, and the reason for each rule once, at the end.
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

/// For programs: one JSON object on each line.
pub fn json(findings: &[Finding], sources: &Sources) -> String {
    let mut out = String::new();
    for finding in findings {
        let (file, at) = (sources.file(finding.span.file).name(), sources.locate(finding.span));
        out.push('{');
        for (key, value) in [
            ("code", finding.rule.name()),
            ("severity", "advice"),
            ("message", &finding.message),
            ("reason", finding.rule.reason()),
            ("file", file),
        ] {
            let _ = write!(out, "\"{key}\": ");
            string(&mut out, value);
            out.push_str(", ");
        }
        let _ = writeln!(out, "\"line\": {}, \"column\": {}}}", at.line, at.column);
    }
    out
}
