//! From the lines of a documentation comment to its sections.
//!
//! This file has the parts that are common to all versions of the language. The sections of a definition are read by
//! `sections` or, for older versions, by `older`.

use super::lines::{Line, LineKind, Tagged, stray_name};
use super::style::Style;
use super::{Doc, Name, Section, SectionKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::language::{Language, Rule};
use crate::source::Span;
use crate::syntax::faults::Faults;
use crate::syntax::token::{Token, TokenKind};
use std::collections::HashMap;

/// The layout of the sections of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Today's: an empty line precedes a section.
    Today,
    /// Like today's, but a section needs no empty line before it. QEMU had this form between the two others.
    Mixed,
    /// QEMU 7.2's.
    Older,
}

impl Form {
    /// The forms to try, in order, until one fits.
    fn of(language: Language) -> &'static [Form] {
        match language {
            Language::Any => &[Form::Mixed, Form::Today, Form::Older],
            _ if language.has(Rule::OlderSections) => &[Form::Older],
            _ => &[Form::Today],
        }
    }
}

/// Parses a documentation comment in the first form that gives no error. `tokens` are its comments, from its first `##`
/// to its last, which may be missing; `behind` is the token after them.
pub(in crate::syntax) fn parse_doc(
    source: &str,
    tokens: &[Token],
    behind: Token,
    language: Language,
    faults: &mut Faults<'_>,
) -> Doc {
    let mut readings =
        Form::of(language).iter().map(|form| read_doc(source, tokens, behind, language, *form));
    let Some(first) = readings.next() else { unreachable!("there is a form for every language") };
    let (doc, found) = match first.1.is_empty() {
        true => first,
        false => readings.find(|(_, found)| found.is_empty()).unwrap_or(first),
    };
    found.into_iter().for_each(|fault| faults.push(fault));
    doc
}

/// The comment parsed in one form, with the errors.
fn read_doc(
    source: &str,
    tokens: &[Token],
    behind: Token,
    language: Language,
    form: Form,
) -> (Doc, Vec<Diagnostic>) {
    let Some((first, rest)) = tokens.split_first() else {
        unreachable!("the parser comes here with a `##`");
    };
    let mut reader = Reader {
        source,
        lines: Vec::new(),
        at: 0,
        end: behind.span,
        sections: Vec::new(),
        language,
        form,
        faults: Vec::new(),
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
    let mut style = Style::new(language);
    for token in inner {
        let line = reader.line(token.span);
        for fault in style.check(&line) {
            reader.report(fault);
        }
        reader.lines.push(line);
    }
    let symbol = reader.document();
    let span = first.span.to(tokens.last().unwrap_or(first).span);
    let Reader { sections, faults, .. } = reader;
    (Doc { span, mark: first.span, symbol, sections }, faults)
}

pub(super) struct Reader<'a> {
    source: &'a str,
    pub(super) lines: Vec<Line<'a>>,
    /// The current line.
    pub(super) at: usize,
    /// The `##` at the end, or the token in its place.
    pub(super) end: Span,
    pub(super) sections: Vec<Section>,
    pub(super) language: Language,
    pub(super) form: Form,
    faults: Vec<Diagnostic>,
    /// The places of the descriptions by name, of members and of features.
    pub(super) described: [HashMap<String, Span>; 2],
}

impl<'a> Reader<'a> {
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

    /// Parses the whole comment. Returns the name of the definition that it documents.
    fn document(&mut self) -> Option<Name> {
        let symbol = match self.lines.first() {
            Some(first) if first.text.starts_with('@') => Some(self.symbol()),
            _ => None,
        };
        let body = self.lines.get(self.at).map_or(self.end, |line| line.span);
        self.begin(body, SectionKind::Body);
        match symbol {
            None => self.free_form(),
            Some(_) if self.form == Form::Older => self.older_definition(),
            Some(_) => self.definition(),
        }
        for section in &mut self.sections {
            section.text = section.text.trim_matches('\n').to_owned();
        }
        if self.form != Form::Older {
            self.check_empty_sections();
        }
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
                LineKind::Description(Tagged { name, .. })
                    if self.form != Form::Older || stray_name(line.text).is_some() =>
                {
                    let message = format!("'@{name}:' not allowed in free-form documentation");
                    self.report(
                        Diagnostic::error(Code::DocMemberInFreeForm, comment, message)
                            .help("documentation of a definition begins with a line `@NAME:`"),
                    );
                }
                LineKind::Heading if self.at > 0 && self.language.has(Rule::HeadingFirst) => {
                    let message = "'=' heading must come first in a comment block";
                    let fault = Diagnostic::error(Code::DocHeadingNotFirst, comment, message);
                    self.report(fault.note(Rule::HeadingFirst.history()));
                }
                _ => {}
            }
            self.take_line();
        }
    }

    pub(super) fn current(&self) -> Option<&Line<'a>> {
        self.lines.get(self.at)
    }

    pub(super) fn skip_blank(&mut self) {
        while self.current().is_some_and(Line::is_blank) {
            self.at += 1;
        }
    }

    pub(super) fn begin(&mut self, span: Span, kind: SectionKind) {
        self.sections.push(Section { span, kind, text: String::new() });
    }

    /// Adds a text to the current section, unless it is empty.
    pub(super) fn append(&mut self, text: &str) {
        if !text.is_empty() {
            self.append_line(text);
        }
    }

    /// Adds a line to the current section.
    pub(super) fn append_line(&mut self, text: &str) {
        if let Some(section) = self.sections.last_mut() {
            section.text.push_str(text);
            section.text.push('\n');
        }
    }

    /// Adds the current line to the current section, and goes on to the next.
    pub(super) fn take_line(&mut self) {
        self.append_line(line_text(&self.lines, self.at));
        self.at += 1;
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.faults.push(diagnostic);
    }
}

pub(super) fn line_text<'a>(lines: &[Line<'a>], at: usize) -> &'a str {
    lines.get(at).map_or("", |line| line.text)
}
