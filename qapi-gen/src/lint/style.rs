//! The style of QEMU's documentation, for versions of the language that do not enforce it.

use super::{Finding, Rule};
use crate::source::{FileId, Sources, Span};
use crate::syntax::{Literal, WIDTH, is_long, narrow_gap};

pub(super) fn check_style(sources: &Sources, findings: &mut Vec<Finding>) {
    for (id, file) in sources.files() {
        check_file(id, file.text(), findings);
    }
}

fn check_file(file: FileId, text: &str, findings: &mut Vec<Finding>) {
    let mut literal: Option<Literal> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let (place, line) = (start, line.trim_end());
        start += text[start..].find('\n').map_or(text.len() - start, |end| end + 1);
        let comment = line.trim_start();
        if comment.starts_with("##") {
            literal = if literal.is_some() { None } else { Some(Literal::default()) };
        } else if !comment.starts_with('#') {
            literal = None;
        } else if let Some(literal) = &mut literal {
            let content = comment[1..].strip_prefix(' ').unwrap_or(&comment[1..]);
            if literal.holds(content) {
                continue;
            }
            // Files are below 4 GiB.
            let at = |offset: usize| (place + line.len() - content.len() + offset) as u32;
            if is_long(content) {
                let span = Span::new(file, at(0), at(content.len()));
                let message = format!("this line of documentation has more than {WIDTH} characters");
                findings.push(Finding::new(Rule::LongLine, span, message));
            }
            if let Some(gap) = narrow_gap(content) {
                let message = "two spaces stand between sentences, but here is only one".to_owned();
                let span = Span::new(file, at(gap), at(gap + 1));
                findings.push(Finding::new(Rule::SentenceSpacing, span, message));
            }
        }
    }
}
