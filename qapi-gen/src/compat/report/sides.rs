//! The two schemas in a report.

use crate::compat::Change;
use crate::source::{Location, Sources, Span};

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
}

impl<'a> Sides<'a> {
    /// The place of a change: that in the new schema, if it has one.
    pub(super) fn position(&self, change: &Change) -> Option<(&'a str, Location)> {
        self.new.locate(change.new).or_else(|| self.old.locate(change.old))
    }
}
