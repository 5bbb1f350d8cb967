//! Checks a documentation comment for sections that are duplicated, misplaced or no longer allowed.

use super::lines::Tagged;
use super::parse::Reader;
use super::{Section, SectionKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::language::Rule;
use crate::source::Span;

impl Reader<'_> {
    /// Checks that a `##` is alone on its line.
    pub(super) fn check_mark(&mut self, mark: Span, which: &str) {
        if self.text(mark) != "##" {
            let message = format!("junk after '##' at {which} of documentation comment");
            self.report(
                Diagnostic::error(Code::DocJunkAfterMark, mark, message)
                    .help("to write an ordinary comment, begin it with a single `#`"),
            );
        }
    }

    pub(super) fn check_heading(&mut self, comment: Span) {
        if self.language.has(Rule::HeadingInDefinition) {
            let message = "unexpected '=' markup in definition documentation";
            let fault = Diagnostic::error(Code::DocHeadingInDefinition, comment, message);
            self.report(fault.note(Rule::HeadingInDefinition.history()));
        }
    }

    pub(super) fn report_interleaved(&mut self, tagged: Tagged<'_>) {
        let Some(line) = self.current() else { return };
        let message = format!("description of '@{}:' follows a section", tagged.name);
        let mut fault = Diagnostic::error(Code::DocInterleavedMember, line.comment, message);
        if let Some(section) = self.sections.last() {
            fault = fault.label(section.span, "this section comes first");
        }
        self.report(fault.help("describe members directly behind the overview"));
    }

    /// Whether this is the first description of its name.
    pub(super) fn check_twice_described(&mut self, kind: &SectionKind, comment: Span, span: Span) -> bool {
        let (described, what, name) = match kind {
            SectionKind::Member(name) => (&mut self.described[0], "parameter", name),
            SectionKind::Feature(name) => (&mut self.described[1], "feature", name),
            _ => unreachable!("only members and features are described"),
        };
        let Some(&first) = described.get(&name.text) else {
            described.insert(name.text.clone(), span);
            return true;
        };
        let message = format!("'{}' {what} name duplicated", name.text);
        self.report(
            Diagnostic::error(Code::DocDuplicateDescription, comment, message)
                .label(first, "first described here"),
        );
        false
    }

    pub(super) fn check_section(&mut self, kind: &SectionKind, tagged: Tagged<'_>, comment: Span) {
        let tag = tagged.name;
        if let SectionKind::Legacy(_) = kind {
            if !self.language.has(Rule::LegacyTags) {
                return;
            }
            let directive = if tag.starts_with('N') { ".. note::" } else { ".. qmp-example::" };
            self.report(
                Diagnostic::error(
                    Code::DocLegacySection,
                    comment,
                    format!("'{tag}' is no section of its own any more"),
                )
                .help(format!("write it as the rST directive `{directive}`, its text indented"))
                .note(Rule::LegacyTags.history()),
            );
            return;
        }
        let repeatable = matches!(kind, SectionKind::Todo);
        let same = |section: &&Section| std::mem::discriminant(&section.kind) == std::mem::discriminant(kind);
        let first = self.sections.iter().find(same).map(|section| section.span);
        if let (Some(first), false) = (first, repeatable) {
            self.report(
                Diagnostic::error(Code::DocDuplicateSection, comment, format!("duplicated '{tag}' section"))
                    .label(first, "first used here"),
            );
        }
    }

    pub(super) fn check_empty_sections(&mut self) {
        let faults: Vec<_> = self.sections.iter().filter_map(Section::without_text).collect();
        for fault in faults {
            self.report(fault);
        }
    }
}

impl Section {
    /// The error if the section should have text and has none.
    pub(super) fn without_text(&self) -> Option<Diagnostic> {
        let tag = match &self.kind {
            SectionKind::Member(name) | SectionKind::Feature(name) => format!("@{}", name.text),
            other => other.tag()?.to_owned(),
        };
        let message = format!("text required after '{tag}:'");
        self.text.trim().is_empty().then(|| Diagnostic::error(Code::DocEmptySection, self.span, message))
    }
}
