//! From the lines of a documentation comment to its sections.
//!
//! A section begins behind an empty line, with its tag or name; its further lines are indented. Text that is not
//! indented is a section of its own. Older versions of the language were laxer: what only they allowed is reported,
//! and kept.

use super::lines::{Line, LineKind, Tagged};
use super::{Doc, Name, Section, SectionKind};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::source::Span;
use crate::syntax::faults::Faults;
use crate::syntax::token::{Token, TokenKind};
use std::collections::HashMap;

/// Parses a documentation comment. `tokens` are its comments, from its first `##` to its last, which may be
/// missing; `behind` is what follows them.
pub(in crate::syntax) fn parse_doc(
    source: &str,
    tokens: &[Token],
    behind: Token,
    severity: Severity,
    faults: &mut Faults<'_>,
) -> Doc {
    let Some((first, rest)) = tokens.split_first() else {
        unreachable!("the parser comes here with a `##`");
    };
    let mut reader = Reader {
        source,
        lines: Vec::new(),
        at: 0,
        end: behind.span,
        sections: Vec::new(),
        severity,
        faults,
        described: Default::default(),
    };
    reader.check_mark(first.span, "start");
    let inner = match rest.split_last() {
        Some((last, inner)) if last.kind == TokenKind::Mark => {
            reader.check_mark(last.span, "end");
            reader.end = last.span;
            inner
        }
        _ => {
            let message = "documentation comment must end with '##'";
            reader.report(
                Diagnostic::error(Code::DocUnterminated, behind.span, message)
                    .label(first.span, "it starts here")
                    .label(behind.span, "expected '##' before this"),
            );
            rest
        }
    };
    for token in inner {
        let line = reader.line(token.span);
        reader.lines.push(line);
    }
    let symbol = reader.document();
    let span = first.span.to(tokens.last().unwrap_or(first).span);
    let sections = reader.sections;
    Doc { span, mark: first.span, symbol, sections }
}

pub(super) struct Reader<'a, 'f, 'd> {
    source: &'a str,
    lines: Vec<Line<'a>>,
    /// The line that is looked at.
    at: usize,
    /// The `##` at the end, or what stands in its place.
    end: Span,
    pub(super) sections: Vec<Section>,
    /// Of every fault: it is one of documentation alone.
    severity: Severity,
    faults: &'f mut Faults<'d>,
    /// The places of the descriptions, by name: of members, of features.
    pub(super) described: [HashMap<String, Span>; 2],
}

impl<'a> Reader<'a, '_, '_> {
    /// A line within the comment, without its `# `.
    fn line(&mut self, comment: Span) -> Line<'a> {
        let behind = &self.text(comment)[1..];
        let text = match behind.strip_prefix(' ') {
            Some(text) => text.trim_end(),
            None => {
                if !behind.is_empty() {
                    let fault = Diagnostic::error(Code::DocMissingSpace, comment, "missing space after #");
                    self.report(fault);
                }
                behind.trim_end()
            }
        };
        let start = comment.start + 1 + u32::from(behind.starts_with(' '));
        Line::new(comment, text, Span::new(comment.file, start, start + text.len() as u32))
    }

    pub(super) fn text(&self, span: Span) -> &'a str {
        self.source[span.start as usize..span.end as usize].trim_end_matches('\r')
    }

    /// The whole comment; the name of what it documents.
    fn document(&mut self) -> Option<Name> {
        let symbol = match self.lines.first() {
            Some(first) if first.text.starts_with('@') => Some(self.symbol()),
            _ => None,
        };
        let body = self.lines.get(self.at).map_or(self.end, |line| line.span);
        self.begin(body, SectionKind::Body);
        if symbol.is_some() {
            self.definition()
        } else {
            self.free_form()
        }
        for section in &mut self.sections {
            section.text = section.text.trim_matches('\n').to_owned();
        }
        self.check_empty_sections();
        symbol
    }

    /// The first line, `@NAME:`.
    fn symbol(&mut self) -> Name {
        let line = &self.lines[0];
        let (comment, span) = (line.comment, line.span);
        let name = match line.symbol() {
            Some(tagged) => Name { span: tagged.span, text: tagged.name.to_owned() },
            None => {
                let text = line.text[1..].to_owned();
                self.report(
                    Diagnostic::error(Code::DocMissingColon, comment, "line should end with ':'")
                        .help("a definition's documentation begins with a line `@NAME:`"),
                );
                Name { span, text }
            }
        };
        if name.text.is_empty() {
            self.report(Diagnostic::error(Code::DocMissingName, comment, "name required after '@'"));
        }
        self.at = 1;
        name
    }

    fn free_form(&mut self) {
        while let Some(line) = self.current() {
            let comment = line.comment;
            match line.kind {
                LineKind::Description(Tagged { name, .. }) => {
                    let message = format!("'@{name}:' not allowed in free-form documentation");
                    self.report(
                        Diagnostic::error(Code::DocMemberInFreeForm, comment, message)
                            .help("documentation of a definition begins with a line `@NAME:`"),
                    );
                }
                LineKind::Heading if self.at > 0 => {
                    let message = "'=' heading must come first in a comment block";
                    self.report(Diagnostic::error(Code::DocHeadingNotFirst, comment, message));
                }
                _ => {}
            }
            self.take_line();
        }
    }

    fn definition(&mut self) {
        let mut may_describe_members = true;
        loop {
            self.skip_blank();
            let Some(line) = self.current() else { return };
            match line.kind {
                LineKind::Blank => unreachable!("blank lines were skipped"),
                LineKind::Features => self.features(),
                LineKind::Description(tagged) => {
                    if !may_describe_members {
                        self.report_interleaved(tagged);
                    }
                    self.descriptions(SectionKind::Member);
                }
                LineKind::Section(tagged) => self.section(tagged),
                LineKind::Heading | LineKind::Text => {
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
                // What is written is kept, though not as what it cannot be.
                self.begin(span, SectionKind::Plain);
                self.append(line_text(&self.lines, self.at));
            }
            self.at += 1;
            self.indented();
        }
    }

    /// A section with a tag.
    fn section(&mut self, tagged: Tagged<'a>) {
        let Some(line) = self.current() else { return };
        let (comment, span) = (line.comment, line.span);
        let kind = match tagged.name {
            "Returns" => SectionKind::Returns,
            "Errors" => SectionKind::Errors,
            "Since" => SectionKind::Since,
            "TODO" => SectionKind::Todo,
            "Note" => SectionKind::Legacy("Note"),
            "Notes" => SectionKind::Legacy("Notes"),
            "Example" => SectionKind::Legacy("Example"),
            "Examples" => SectionKind::Legacy("Examples"),
            other => unreachable!("the grammar knows no tag {other}"),
        };
        self.check_section(&kind, tagged, comment);
        let legacy = matches!(kind, SectionKind::Legacy(_));
        self.begin(span, kind);
        self.append(tagged.text);
        self.at += 1;
        if legacy { self.until_next_tag() } else { self.indented() }
    }

    /// A paragraph without tag. It goes on to the next empty line.
    fn plain(&mut self) {
        let Some(line) = self.current() else { return };
        let (comment, span) = (line.comment, line.span);
        if let LineKind::Heading = line.kind {
            let message = "unexpected '=' markup in definition documentation";
            self.report(Diagnostic::error(Code::DocHeadingInDefinition, comment, message));
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
            if line.is_blank() || (self.at > first && self.older_forms() && begins_section(line)) {
                return;
            }
            self.take_line();
        }
    }

    /// The further lines of a description or section: those that are indented like the first of them.
    fn indented(&mut self) {
        while self.current().is_some_and(Line::is_blank) {
            self.take_line();
        }
        let Some(first) = self.current() else { return };
        let (indent, like) = (first.indent(), first.span);
        if indent == 0 {
            return;
        }
        self.take_line();
        let mut after_blank = false;
        while let Some(line) = self.current() {
            if let LineKind::Description(_) = line.kind {
                return;
            }
            let blank = line.is_blank();
            if !blank && line.indent() < indent {
                if after_blank || (self.older_forms() && begins_section(line)) {
                    return;
                }
                let message = format!("unexpected de-indent (expected at least {indent} spaces)");
                let fault = Diagnostic::error(Code::DocBadIndent, line.comment, message)
                    .label(like, "this line sets the indentation");
                self.report(fault);
            }
            after_blank = blank;
            self.take_line();
        }
    }

    /// The further lines of a section of the older kind, which only another one ended.
    fn until_next_tag(&mut self) {
        while let Some(line) = self.current() {
            if begins_section(line) {
                return;
            }
            self.take_line();
        }
    }

    /// Whether forms of older versions are to be understood, not only refused.
    fn older_forms(&self) -> bool {
        self.severity == Severity::Warning
    }

    pub(super) fn current(&self) -> Option<&Line<'a>> {
        self.lines.get(self.at)
    }

    fn skip_blank(&mut self) {
        while self.current().is_some_and(Line::is_blank) {
            self.at += 1;
        }
    }

    fn begin(&mut self, span: Span, kind: SectionKind) {
        self.sections.push(Section { span, kind, text: String::new() });
    }

    /// Adds a text to the current section, unless it is empty.
    fn append(&mut self, text: &str) {
        if let (Some(section), false) = (self.sections.last_mut(), text.is_empty()) {
            section.text.push_str(text);
            section.text.push('\n');
        }
    }

    /// Adds the current line to the current section, and goes on to the next.
    fn take_line(&mut self) {
        let text = line_text(&self.lines, self.at);
        if let Some(section) = self.sections.last_mut() {
            section.text.push_str(text);
            section.text.push('\n');
        }
        self.at += 1;
    }

    pub(super) fn report(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.severity = self.severity;
        self.faults.push(diagnostic);
    }
}

fn line_text<'a>(lines: &[Line<'a>], at: usize) -> &'a str {
    lines.get(at).map_or("", |line| line.text)
}

/// Whether a line would begin a section, were there an empty line before it.
fn begins_section(line: &Line<'_>) -> bool {
    match line.kind {
        LineKind::Features | LineKind::Section(_) => true,
        // A sentence that begins with `@name` and has a colon somewhere is no description.
        LineKind::Description(tagged) => !tagged.name.contains(' '),
        LineKind::Blank | LineKind::Heading | LineKind::Text => false,
    }
}
