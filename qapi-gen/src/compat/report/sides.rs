//! The two schemas in a report.

use crate::source::{Location, Sources, Span};

/// The most characters that are shown of a line.
const LONGEST: usize = 100;

/// One of the schemas that were compared.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The name that the user gave.
    pub name: &'a str,
    /// Its files; `None` for an answer.
    pub sources: Option<&'a Sources>,
}

/// The schemas that were compared.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// The old one.
    pub old: Side<'a>,
    /// The new one.
    pub new: Side<'a>,
}

impl<'a> Side<'a> {
    /// File, line and column of a place.
    pub fn locate(&self, span: Option<Span>) -> Option<(&'a str, Location)> {
        let (sources, span) = (self.sources?, span?);
        let file = sources.file(span.file);
        Some((file.name(), file.locate(span.start)))
    }

    /// `FILE:LINE:COLUMN: TEXT`, the text being that of the line.
    pub(super) fn place(&self, span: Option<Span>) -> Option<String> {
        let (name, at) = self.locate(span)?;
        let file = self.sources?.file(span?.file);
        let line = file.text()[file.line_start(at.line) as usize..].lines().next().unwrap_or("").trim();
        let (text, rest) = match line.char_indices().nth(LONGEST) {
            Some((end, _)) => (&line[..end], "..."),
            None => (line, ""),
        };
        Some(format!("{name}:{}:{}: {text}{rest}", at.line, at.column))
    }
}
