//! Errors and warnings about a schema, each with a code and a place.

use crate::source::{Sources, Span};
use std::fmt;
use std::path::PathBuf;

mod code;
mod collect;
pub(crate) mod human;
pub(crate) mod json;

pub use code::Code;
pub use collect::Diagnostics;

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The schema is refused.
    Error,
    /// The schema is accepted, but its author should know.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}

/// The place of the cause of a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a schema file: the token at fault.
    Span(Span),
    /// In an option, named as the user wrote it: `--only`, `Builder::define`.
    Option(String),
    /// In a file that could not be read or written.
    File(PathBuf),
}

/// A further place that a diagnostic shows, with a remark.
///
/// A label on exactly the span of the origin gives the text for the origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The remark. May be empty.
    pub text: String,
}

/// A remark below the excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A fact.
    Note(String),
    /// Advice.
    Help(String),
}

/// One error or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a diagnostic says nothing until it is collected"]
pub struct Diagnostic {
    /// The rule that is broken.
    pub code: Code,
    /// Whether the compiler refuses the schema because of it.
    pub severity: Severity,
    /// The place of the cause.
    pub origin: Origin,
    /// The message, in one line, with the offending name.
    pub message: String,
    /// Further places.
    pub labels: Vec<Label>,
    /// Remarks.
    pub notes: Vec<Note>,
    /// The place where QEMU's schema compiler reports the fault, if it differs: often the head of the definition.
    pub qemu: Option<Span>,
}

impl Diagnostic {
    /// An error at a place in a schema file.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, Origin::Span(span), message)
    }

    /// A warning at a place in a schema file.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, Origin::Span(span), message)
    }

    /// A diagnostic of any severity and origin.
    pub fn new(code: Code, severity: Severity, origin: Origin, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity,
            origin,
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            qemu: None,
        }
    }

    /// Adds a place.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// The place to show: the origin, or the first label within it if that is on the origin's line and so more precise.
    pub fn focus(&self, sources: &Sources) -> Option<Span> {
        let Origin::Span(origin) = self.origin else { return None };
        let file = sources.file(origin.file);
        let line = file.line_of(origin.start);
        let within = |span: &Span| {
            span.file == origin.file
                && (origin.start..=origin.end).contains(&span.start)
                && span.end <= origin.end
                && file.line_of(span.start) == line
        };
        Some(self.labels.iter().map(|label| label.span).find(within).unwrap_or(origin))
    }

    /// Sets the place where QEMU's schema compiler reports the fault.
    pub fn qemu_at(mut self, span: Span) -> Self {
        self.qemu = Some(span);
        self
    }

    /// The place where QEMU's schema compiler reports the fault; `None` if the origin is not in a schema file.
    pub fn qemu_place(&self) -> Option<Span> {
        match self.origin {
            Origin::Span(span) => Some(self.qemu.unwrap_or(span)),
            Origin::Option(_) | Origin::File(_) => None,
        }
    }

    /// Adds a fact.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(Note::Note(text.into()));
        self
    }

    /// Adds advice.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.notes.push(Note::Help(text.into()));
        self
    }
}

#[cfg(test)]
mod tests;
