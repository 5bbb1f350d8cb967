//! The style of documentation that newer versions of the language demand: short lines, and two spaces between
//! sentences. Text that cannot be broken and literal text are exempt.

use super::lines::Line;
use crate::diagnostic::{Code, Diagnostic};
use crate::language::{Language, Rule};
use crate::source::Span;

/// The most characters of a line, with its `# `.
pub(crate) const WIDTH: usize = 70;

/// Checks the lines of one comment, in order.
pub(super) struct Style {
    language: Language,
    literal: Literal,
}

impl Style {
    pub(super) fn new(language: Language) -> Self {
        Style { language, literal: Literal::default() }
    }

    /// The errors of the next line.
    pub(super) fn check(&mut self, line: &Line<'_>) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        if self.literal.holds(line.text) {
            return faults;
        }
        if self.language.has(Rule::LineLength) && is_long(line.text) {
            let message = format!("documentation line longer than {WIDTH} characters");
            let fault = Diagnostic::error(Code::DocLongLine, line.comment, message);
            faults.push(fault.note(Rule::LineLength.history()));
        }
        if self.language.has(Rule::SentenceSpacing)
            && let Some(at) = narrow_gap(line.text)
        {
            let start = line.span.start + at as u32;
            let span = Span::new(line.span.file, start, start + 1);
            let fault =
                Diagnostic::error(Code::DocSentenceSpacing, span, "two spaces stand between sentences");
            faults.push(fault.label(span, "only one space").note(Rule::SentenceSpacing.history()));
        }
        faults
    }
}

/// Tracks literal text: the indented lines below a line `::` or `.. qmp-example::`.
#[derive(Default)]
pub(crate) struct Literal {
    /// Within literal text, the indentation of its first line, once known.
    indent: Option<Option<usize>>,
}

impl Literal {
    /// Whether the next line is literal text. The line that announces it counts, too.
    pub(crate) fn holds(&mut self, text: &str) -> bool {
        if announces_literal(text) {
            self.indent = Some(None);
            return true;
        }
        let Some(first) = self.indent else { return false };
        if text.is_empty() {
            return true;
        }
        let indent = text.len() - text.trim_start_matches(' ').len();
        match first {
            None => self.indent = Some(Some(indent)),
            Some(first) if indent < first => self.indent = None,
            Some(_) => {}
        }
        self.indent.is_some()
    }
}

fn announces_literal(text: &str) -> bool {
    let Some(head) = text.trim().strip_suffix("::") else { return false };
    let head = head.trim_end();
    head.is_empty() || head.strip_prefix("..").is_some_and(|name| name.trim() == "qmp-example")
}

/// Whether a line is too long and could be broken: it is more than a lone address.
pub(crate) fn is_long(text: &str) -> bool {
    let word = text.trim_start_matches(' ');
    let is_address = ["http://", "https://", "ftp://"].iter().any(|scheme| word.starts_with(scheme))
        && !word.contains(' ');
    text.chars().count() + 2 > WIDTH && !is_address
}

/// The places where only one space follows what looks like the end of a sentence. Neither `e.g.` nor the number of a
/// list item ends one.
pub(crate) fn narrow_gap(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let begins = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'(';
    let ends = text.match_indices(['.', '!', '?']).map(|(end, _)| end + 1);
    ends.filter(|&at| bytes.get(at) == Some(&b' ') && bytes.get(at + 1).is_some_and(begins))
        .find(|&at| !is_abbreviation(&text[..at]) && !is_number(&text[..at]))
}

fn is_abbreviation(before: &str) -> bool {
    before.strip_suffix("e.g.").is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// `1.` at the start of a line.
fn is_number(before: &str) -> bool {
    let number = before.trim_start_matches(' ').strip_suffix('.');
    number.is_some_and(|number| number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_told_from_what_looks_like_their_ends() {
        assert_eq!(narrow_gap("One sentence. Two"), Some(13));
        assert_eq!(narrow_gap("Really? (No.)"), Some(7));
        for text in ["One.  Two", "e.g. QEMU", "1. First", "  2. Second", "a. b", "ends.", "x.y Z", ""] {
            assert_eq!(narrow_gap(text), None, "{text}");
        }
        assert_eq!(narrow_gap("see 10. First"), Some(7));
        assert_eq!(narrow_gap("ä e.g. ÄB. Ü. C"), Some("ä e.g. ÄB. Ü.".len()));
    }

    #[test]
    fn addresses_may_be_long() {
        let long = "x".repeat(WIDTH);
        assert!(is_long(&long[..WIDTH - 1]) && !is_long(&long[..WIDTH - 2]));
        assert!(!is_long(&format!("   https://{long}")) && is_long(&format!("see https://{long}")));
    }

    #[test]
    fn literal_text_ends_with_its_indentation() {
        let mut literal = Literal::default();
        let lines = ["text", ".. qmp-example::", "", "   -> a", "     b", "", "   c", "  end", "   no more"];
        let held: Vec<bool> = lines.iter().map(|line| literal.holds(line)).collect();
        assert_eq!(held, [false, true, true, true, true, true, true, false, false]);
        assert!(literal.holds("::") && literal.holds("text at the border"));
    }
}
