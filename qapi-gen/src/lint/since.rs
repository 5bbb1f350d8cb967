//! Tells the advice on what is new from that which an old version of the schema has, too.

use super::{Finding, Rule};
use crate::source::Sources;
use std::collections::HashMap;

/// The findings that the old schema has not, or has fewer times. The message tells findings apart, since their places
/// move; for rules on lines, the text of the line does.
pub(super) fn new(
    old: Vec<Finding>,
    old_sources: &Sources,
    mut findings: Vec<Finding>,
    sources: &Sources,
) -> Vec<Finding> {
    let mut known: HashMap<(Rule, String), usize> = HashMap::new();
    for finding in &old {
        *known.entry(key(finding, old_sources)).or_default() += 1;
    }
    findings.retain(|finding| match known.get_mut(&key(finding, sources)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    });
    findings
}

fn key(finding: &Finding, sources: &Sources) -> (Rule, String) {
    let subject = match finding.rule {
        Rule::LongLine | Rule::SentenceSpacing => line(finding, sources),
        Rule::UndocumentedDefinition
        | Rule::UndocumentedMember
        | Rule::MissingSince
        | Rule::UnmarkedExperiment
        | Rule::StringLikeEnum
        | Rule::BareReturn
        | Rule::UnknownRule => &finding.message,
    };
    (finding.rule, subject.to_owned())
}

/// The line that a finding is in.
fn line<'a>(finding: &Finding, sources: &'a Sources) -> &'a str {
    let text = sources.file(finding.span.file).text();
    let at = finding.span.start as usize;
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    text[start..].lines().next().unwrap_or("").trim()
}
