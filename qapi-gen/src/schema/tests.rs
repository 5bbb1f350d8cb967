//! Rules in small: each schema with the code and the line of the error that it earns, or none.
//!
//! QEMU reports a fault of a definition at the definition's first line, and a fault of documentation at its own
//! line; ours stand on the same lines.

use super::{Failure, Loaded, Options, load};
use crate::diagnostic::{Code, Diagnostics, Origin, Severity};
use crate::loader::MemoryLoader;
use crate::source::Sources;

mod accepted;
mod alternates;
mod commands;
mod documentation;
mod enums;
mod forms;
mod limits;
mod model;
mod names;
mod objects;
mod unions;
mod warnings;

/// Loads a schema of one file.
fn load_text(text: &str, options: &Options) -> Result<Loaded, Failure> {
    load(&MemoryLoader::new().file("test.json", text), "test.json", options)
}

/// Codes and lines of all errors.
fn errors(text: &str) -> Vec<(Code, u32)> {
    match load_text(text, &Options::default()) {
        Ok(_) => Vec::new(),
        Err(Failure { diagnostics, sources }) => lines(&diagnostics, &sources, Severity::Error),
    }
}

fn lines(diagnostics: &Diagnostics, sources: &Sources, severity: Severity) -> Vec<(Code, u32)> {
    (diagnostics.iter())
        .filter(|diagnostic| diagnostic.severity == severity)
        .map(|diagnostic| match diagnostic.origin {
            Origin::Span(span) => (diagnostic.code, sources.locate(span).line),
            _ => (diagnostic.code, 0),
        })
        .collect()
}

/// The schema is accepted, without a warning.
#[track_caller]
fn accepts(text: &str) -> Loaded {
    match load_text(text, &Options::default()) {
        Ok(loaded) => {
            assert!(loaded.warnings.is_empty(), "{}", loaded.warnings.to_human(&loaded.schema.sources));
            loaded
        }
        Err(failure) => panic!("refused:\n{}", failure.diagnostics.to_human(&failure.sources)),
    }
}

/// The schema has exactly this error.
#[track_caller]
fn refuses(text: &str, code: Code, line: u32) {
    refuses_all(text, &[(code, line)]);
}

/// The schema has exactly these errors.
#[track_caller]
fn refuses_all(text: &str, expected: &[(Code, u32)]) {
    assert_eq!(errors(text), expected, "of\n{text}");
}
