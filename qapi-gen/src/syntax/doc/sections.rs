//! The sections of a definition's documentation.
//!
//! A section begins after an empty line with its tag or name, and its further lines are indented. Text that is not
//! indented is a section of its own. In the mixed form a section needs no empty line before it.

use super::lines::{Line, LineKind, Tagged};
use super::parse::{Form, Reader, line_text};
use super::{Name, Section, SectionKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::language::Language;
use crate::source::Span;

impl<'a> Reader<'a> {
    /// The sections of a definition.
    pub(super) fn definition(&mut self) {
        let mut may_describe_members = true;
        loop {
            self.skip_blank();
            let Some(line) = self.current() else { return };
            match line.kind {
                LineKind::Blank => unreachable!("blank lines were skipped"),
                LineKind::Features => self.features(),
                LineKind::Description(tagged) if self.is_description(tagged) => {
                    if !may_describe_members {
                        self.report_interleaved(tagged);
                    }
                    self.descriptions(SectionKind::Member);
                }
                LineKind::Section(tagged) => self.section(tagged),
                LineKind::Description(_) | LineKind::Heading | LineKind::Text => {
                    self.plain();
                    continue;
                }
            }
            may_describe_members = false;
        }
    }

    /// `Features:` and the descriptions below it.
    fn features(&mut self) {
        let Some(header) = self.current() else { return };
        let (comment, span) = (header.comment, header.span);
        let earlier = self.sections.iter().find(|section| matches!(section.kind, SectionKind::Feature(_)));
        if let Some(earlier) = earlier {
            let first = earlier.span;
            self.report(
                Diagnostic::error(Code::DocDuplicateFeatures, comment, "duplicated 'Features:' line")
                    .label(first, "features are described here already"),
            );
        }
        self.at += 1;
        self.skip_blank();
        let before = self.sections.len();
        self.descriptions(SectionKind::Feature);
        if self.sections.len() == before {
            let place = self.current().map_or(self.end, |line| line.comment);
            self.report(
                Diagnostic::error(Code::DocEmptyFeatures, place, "feature descriptions expected")
                    .label(place, "expected `@name: ...`")
                    .label(span, "below this line"),
            );
        }
    }

    /// One description after another.
    fn descriptions(&mut self, kind: fn(Name) -> SectionKind) {
        while let Some(line) = self.current() {
            let LineKind::Description(tagged) = line.kind else { return };
            if !self.is_description(tagged) {
                return;
            }
            let (comment, span) = (line.comment, line.span);
            let name = Name { span: tagged.span, text: tagged.name.to_owned() };
            if name.text.is_empty() {
                self.report(Diagnostic::error(
                    Code::DocMissingName,
                    comment,
                    "invalid parameter name: it is empty",
                ));
            }
            let kind = kind(name);
            if self.check_twice_described(&kind, comment, span) {
                self.begin(span, kind);
                self.append(tagged.text);
            } else {
                // The text is kept, but as a section of another kind.
                self.begin(span, SectionKind::Plain);
                self.append(line_text(&self.lines, self.at));
            }
            self.at += 1;
            if !self.beginning_at_the_border(tagged) {
                self.indented(beside(tagged, span));
            }
        }
    }

    /// A section with a tag.
    fn section(&mut self, tagged: Tagged<'a>) {
        let Some(line) = self.current() else { return };
        let (comment, span) = (line.comment, line.span);
        let kind = SectionKind::of_tag(tagged.name);
        self.check_section(&kind, tagged, comment);
        let legacy = matches!(kind, SectionKind::Legacy(_));
        self.begin(span, kind);
        self.append(tagged.text);
        self.at += 1;
        if legacy || self.beginning_at_the_border(tagged) {
            self.until_next_tag();
        } else {
            self.indented(beside(tagged, span));
        }
    }

    /// A paragraph without a tag, up to the next empty line.
    fn plain(&mut self) {
        let Some(line) = self.current() else { return };
        let (comment, span) = (line.comment, line.span);
        if let LineKind::Heading = line.kind {
            self.check_heading(comment);
        }
        match self.sections.last_mut() {
            Some(Section { kind: SectionKind::Body | SectionKind::Plain, text, .. }) => {
                if !text.is_empty() {
                    text.push('\n');
                }
            }
            _ => self.begin(span, SectionKind::Plain),
        }
        let first = self.at;
        while let Some(line) = self.current() {
            if line.is_blank() || (self.at > first && self.is_mixed() && begins_section(line)) {
                return;
            }
            self.take_line();
        }
    }

    /// The further lines of a description or section: those that are indented like the first of them. `beside` is the
    /// column of the text beside the name; older versions demanded this indentation.
    fn indented(&mut self, beside: usize) {
        while self.current().is_some_and(Line::is_blank) {
            self.take_line();
        }
        let Some(first) = self.current() else { return };
        let (mut indent, like) = (first.indent(), first.span);
        if indent == 0 {
            return;
        }
        if self.is_mixed() {
            indent = indent.min(beside);
        }
        self.take_line();
        // QEMU checks the indentation of the second of these lines only. After it, text that is indented less begins a
        // section.
        let mut is_second = true;
        while let Some(line) = self.current() {
            if let LineKind::Description(tagged) = line.kind
                && self.is_description(tagged)
            {
                return;
            }
            if !line.is_blank() && line.indent() < indent {
                if !is_second || (self.is_mixed() && begins_section(line)) {
                    return;
                }
                let message = format!("unexpected de-indent (expected at least {indent} spaces)");
                let fault = Diagnostic::error(Code::DocBadIndent, line.comment, message)
                    .label(like, "this line sets the indentation");
                self.report(fault);
            }
            is_second = false;
            self.take_line();
        }
    }

    /// In the mixed form, text below a name or tag that is alone on its line need not be indented. Takes such text.
    fn beginning_at_the_border(&mut self, tagged: Tagged<'_>) -> bool {
        let border = |line: &Line<'_>| !line.is_blank() && line.indent() == 0 && !begins_section(line);
        if !self.is_mixed() || !tagged.text.is_empty() || !self.current().is_some_and(border) {
            return false;
        }
        let mut after_blank = false;
        while let Some(line) = self.current() {
            if begins_section(line) || (after_blank && border(line)) {
                break;
            }
            after_blank = line.is_blank();
            self.take_line();
        }
        true
    }

    /// The further lines of a section of the older kind, up to the next section.
    fn until_next_tag(&mut self) {
        while let Some(line) = self.current() {
            if begins_section(line) {
                return;
            }
            self.take_line();
        }
    }

    /// `@name : text` is a description of a member that cannot exist. Older versions took it for text.
    fn is_description(&self, tagged: Tagged<'_>) -> bool {
        self.language != Language::Any || !tagged.name.contains(' ')
    }

    fn is_mixed(&self) -> bool {
        self.form == Form::Mixed
    }
}

/// The column of the text after a name or tag.
fn beside(tagged: Tagged<'_>, line: Span) -> usize {
    (line.end - line.start) as usize - tagged.text.len()
}

/// Whether a line would begin a section if an empty line preceded it.
fn begins_section(line: &Line<'_>) -> bool {
    match line.kind {
        LineKind::Features | LineKind::Section(_) => true,
        // A sentence that begins with `@name` and has a colon somewhere is not a description.
        LineKind::Description(tagged) => !tagged.name.contains(' '),
        LineKind::Blank | LineKind::Heading | LineKind::Text => false,
    }
}
