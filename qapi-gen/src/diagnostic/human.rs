//! Renders diagnostics for people: excerpts with marks, in the style of rustc.

use super::{Diagnostic, Diagnostics, Note, Origin, Severity};
use crate::source::{FileId, SourceFile, Sources, Span};
use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Renderer, Snippet};
use std::ops::Range;

/// How many directives of a chain of includes are shown at each end.
const CHAIN_ENDS: usize = 5;

/// A place that covers more lines than this is marked on its first line only.
const MOST_LINES: u32 = 6;

impl Diagnostic {
    /// Renders for people, without colours and with a newline at the end.
    pub fn to_human(&self, sources: &Sources) -> String {
        self.render(sources, &Renderer::plain())
    }

    /// Renders for people at a terminal, with colours.
    pub fn to_terminal(&self, sources: &Sources) -> String {
        self.render(sources, &Renderer::styled())
    }

    fn render(&self, sources: &Sources, renderer: &Renderer) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(self.message.as_str()).id(self.code.name());
        let elements = self.excerpts(sources).into_iter().chain(self.remarks(sources));
        let report: &[Group<'_>] = &[title.elements(elements)];
        let mut text = renderer.render(report);
        text.push('\n');
        text
    }

    /// One excerpt for each file, the origin's first.
    fn excerpts<'a>(&'a self, sources: &'a Sources) -> Vec<Element<'a>> {
        let mut marks: Vec<Mark<'a>> = Vec::new();
        let focus = self.focus(sources);
        if let Some(span) = focus {
            let text =
                self.labels.iter().find(|label| label.span == span).map_or("", |label| label.text.as_str());
            marks.push(Mark { span, kind: AnnotationKind::Primary, text });
        }
        for label in &self.labels {
            if focus != Some(label.span) {
                marks.push(Mark { span: label.span, kind: AnnotationKind::Context, text: &label.text });
            }
        }
        let mut files: Vec<FileId> = Vec::new();
        for mark in &marks {
            if !files.contains(&mark.span.file) {
                files.push(mark.span.file);
            }
        }
        let of = |id: FileId| marks.iter().filter(move |mark| mark.span.file == id);
        files.into_iter().flat_map(|id| excerpt(sources.file(id), of(id).copied().collect())).collect()
    }

    /// The chain of includes that leads to the file, and the notes.
    fn remarks<'a>(&'a self, sources: &Sources) -> Vec<Element<'a>> {
        let mut remarks: Vec<Element<'a>> = Vec::new();
        let chain = self.included_from(sources);
        let last = chain.len().saturating_sub(CHAIN_ENDS);
        for (index, span) in chain.iter().enumerate() {
            if index < CHAIN_ENDS || index >= last {
                let name = sources.file(span.file).name();
                let line = sources.locate(*span).line;
                remarks.push(Level::NOTE.message(format!("included from {name}:{line}")).into());
            } else if index == CHAIN_ENDS {
                let left_out = last - CHAIN_ENDS;
                remarks.push(Level::NOTE.message(format!("... through {left_out} more files ...")).into());
            }
        }
        match &self.origin {
            Origin::Option(option) => {
                remarks.push(Level::NOTE.message(format!("in option `{option}`")).into())
            }
            Origin::Span(_) | Origin::File(_) => {}
        }
        remarks.extend(self.notes.iter().map(|note| match note {
            Note::Note(text) => Level::NOTE.message(text.as_str()).into(),
            Note::Help(text) => Level::HELP.message(text.as_str()).into(),
        }));
        remarks
    }
}

impl Diagnostics {
    /// Renders all diagnostics for people, separated by empty lines.
    pub fn to_human(&self, sources: &Sources) -> String {
        self.iter().map(|diagnostic| diagnostic.to_human(sources)).collect::<Vec<_>>().join("\n")
    }

    /// The same with colours, for people at a terminal.
    pub fn to_terminal(&self, sources: &Sources) -> String {
        self.iter().map(|diagnostic| diagnostic.to_terminal(sources)).collect::<Vec<_>>().join("\n")
    }
}

/// A marked part of a file.
#[derive(Clone, Copy)]
pub(crate) struct Mark<'a> {
    pub(crate) span: Span,
    pub(crate) kind: AnnotationKind,
    pub(crate) text: &'a str,
}

/// The lines around the marks of one file. Marks that are far apart get excerpts of their own: the renderer scans all
/// of the text that it gets, so the text has to stay small for large files too.
pub(crate) fn excerpt<'a>(file: &'a SourceFile, mut marks: Vec<Mark<'a>>) -> Vec<Element<'a>> {
    const NEAR: u32 = 200;
    let Some(first) = marks.first().map(|mark| file.line_of(mark.span.start)) else { return Vec::new() };
    let near = |mark: &Mark<'_>| file.line_of(mark.span.start).abs_diff(first) <= NEAR;
    let far = marks.iter().position(|mark| !near(mark)).map_or(Vec::new(), |index| {
        let (close, far): (Vec<_>, Vec<_>) = marks.drain(index..).partition(near);
        marks.extend(close);
        far
    });
    let mut elements = vec![snippet(file, &marks).into()];
    elements.extend(excerpt(file, far));
    elements
}

fn snippet<'a>(file: &'a SourceFile, marks: &[Mark<'a>]) -> Snippet<'a, Annotation<'a>> {
    let lines = marks.iter().map(|mark| file.line_of(mark.span.start));
    let (first, last) = lines.fold((u32::MAX, 0), |(first, last), line| (first.min(line), last.max(line)));
    let start = file.line_start(first) as usize;
    let end = file.line_start(last.saturating_add(MOST_LINES)) as usize;
    let window = Window::new(file.text(), start, end, marks);
    let annotations = marks.iter().map(|mark| {
        let annotation = mark.kind.span(window.range(file, mark.span));
        if mark.text.is_empty() { annotation } else { annotation.label(mark.text) }
    });
    Snippet::source(window.text).line_start(first as usize).path(file.name()).annotations(annotations)
}

/// A part of a file's text.
struct Window<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Window<'a> {
    /// The rest of a longer line is not shown. Lines written by hand are shorter.
    const LONGEST: usize = 64 * 1024;

    fn new(text: &'a str, start: usize, end: usize, marks: &[Mark<'_>]) -> Self {
        let end = end.clamp(start, text.len());
        if end - start <= Self::LONGEST {
            return Window { text: &text[start..end], start };
        }
        // A huge line: show only the part around the first mark.
        let mark = marks.first().map_or(start, |mark| mark.span.start as usize);
        let from = floor(text, mark.saturating_sub(60).max(start));
        let to = floor(text, (mark + 120).min(end));
        Window { text: &text[from..to.max(from)], start: from }
    }

    /// A span as a range of the window's text, cut to a few lines.
    fn range(&self, file: &SourceFile, span: Span) -> Range<usize> {
        let line = file.line_of(span.start);
        let mut end = span.end as usize;
        if file.line_of(span.end) >= line + MOST_LINES {
            end = (file.line_start(line + 1) as usize).saturating_sub(1);
        }
        let place = |offset: usize| floor(self.text, offset.saturating_sub(self.start).min(self.text.len()));
        let start = place(span.start as usize);
        start..place(end).max(start)
    }
}

/// The largest character boundary that is not above an offset.
fn floor(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|&index| text.is_char_boundary(index)).unwrap_or(0)
}
