//! The sections of a definition's documentation as older versions of QEMU read them.
//!
//! A name or tag at the start of any line begins a section. If text follows the name on its line, further lines are
//! indented at least as far as this text. Descriptions of members come first, then those of features, then all other
//! sections.

use super::lines::{Line, Tagged, stray_name};
use super::parse::{Reader, line_text};
use super::{Name, Section, SectionKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// The tags of the older versions.
const TAGS: [&str; 7] = ["Returns", "Since", "Note", "Notes", "Example", "Examples", "TODO"];

/// The part of the comment that is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Body,
    Members,
    Features,
    Sections,
}

impl Reader<'_> {
    /// The sections of a definition, in the older form.
    pub(super) fn older_definition(&mut self) {
        let mut place = Place::Body;
        // The indentation of the lines of the current section.
        let mut indent = 0;
        while let Some(line) = self.current() {
            let (comment, span, text) = (line.comment, line.span, line.text);
            let word = first_word(line);
            let name = word.and_then(described);
            let tag = word.filter(|tag| TAGS.contains(&tag.name));
            let after_blank = self.sections.last().is_some_and(|section| section.text.ends_with("\n\n"));
            let unindented = after_blank && !text.is_empty() && !text.starts_with(char::is_whitespace);
            if line.text.starts_with('=') {
                self.check_heading(comment);
            }
            if let (Some(name), true) = (name, place != Place::Sections) {
                place = if place == Place::Features { place } else { Place::Members };
                indent = self.older_description(name, place, comment, span);
                continue;
            }
            if let Some(name) = name {
                self.report_interleaved(name);
            } else if let Some(tag) = tag {
                place = Place::Sections;
                indent = self.older_section(tag, comment, span);
                continue;
            } else if text == "Features:" && (place == Place::Body || (place == Place::Members && unindented))
            {
                place = Place::Features;
                self.at += 1;
                continue;
            } else if unindented && matches!(place, Place::Members | Place::Features) {
                self.end_section(comment);
                place = Place::Sections;
                indent = 0;
                self.begin(span, SectionKind::Plain);
            }
            self.older_text(indent);
        }
        self.end_section(self.end);
    }

    /// A line of text of the current section.
    fn older_text(&mut self, indent: usize) {
        let Some(line) = self.current() else { return };
        let comment = line.comment;
        let mut faults = Vec::new();
        if !line.is_blank() && line.indent() < indent {
            let message = format!("unexpected de-indent (expected at least {indent} spaces)");
            faults.push(Diagnostic::error(Code::DocBadIndent, comment, message));
        }
        if let Some(name) = stray_name(line.text).filter(|_| first_word(line).is_none()) {
            let message = format!("'{name}' not allowed in free-form documentation");
            faults.push(Diagnostic::error(Code::DocMemberInFreeForm, comment, message));
        }
        for fault in faults {
            self.report(fault);
        }
        let text = line_text(&self.lines, self.at);
        self.append_line(text.get(indent..).unwrap_or(text.trim_start()));
        self.at += 1;
    }

    /// Begins a description. Returns the indentation of its lines.
    fn older_description(&mut self, word: Tagged<'_>, place: Place, comment: Span, span: Span) -> usize {
        self.end_section(comment);
        let name = Name { span: word.span, text: word.name.to_owned() };
        if name.text.is_empty() {
            let message = "invalid parameter name: it is empty";
            self.report(Diagnostic::error(Code::DocMissingName, comment, message));
        }
        let kind =
            if place == Place::Features { SectionKind::Feature(name) } else { SectionKind::Member(name) };
        if self.check_twice_described(&kind, comment, span) {
            self.begin(span, kind);
        } else {
            self.begin(span, SectionKind::Plain);
        }
        self.older_first_line(word, span)
    }

    /// Begins a section with a tag. Returns the indentation of its lines.
    fn older_section(&mut self, tag: Tagged<'_>, comment: Span, span: Span) -> usize {
        self.end_section(comment);
        let kind = SectionKind::of_tag(tag.name);
        self.check_section(&kind, tag, comment);
        self.begin(span, kind);
        self.older_first_line(tag, span)
    }

    fn older_first_line(&mut self, word: Tagged<'_>, span: Span) -> usize {
        self.append_line(word.text);
        self.at += 1;
        if word.text.is_empty() { 0 } else { (span.end - span.start) as usize - word.text.len() }
    }

    /// Ends the current section at `comment`, where QEMU reports a missing text.
    fn end_section(&mut self, comment: Span) {
        if let Some(fault) = self.sections.last().and_then(Section::without_text) {
            self.report(fault.qemu_at(comment));
        }
    }
}

/// The first word of a line that is not indented, without the colon at its end, and the text after it.
fn first_word<'a>(line: &Line<'a>) -> Option<Tagged<'a>> {
    let (word, text) = line.text.split_once(' ').unwrap_or((line.text, ""));
    let name = word.strip_suffix(':')?;
    let span = Span::new(line.span.file, line.span.start, line.span.start + name.len() as u32);
    Some(Tagged { name, span, text: text.trim_start() })
}

/// The name after the `@`, if the word has one.
fn described(word: Tagged<'_>) -> Option<Tagged<'_>> {
    let name = word.name.strip_prefix('@')?;
    Some(Tagged { name, span: Span::new(word.span.file, word.span.start + 1, word.span.end), ..word })
}
