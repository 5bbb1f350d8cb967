//! Tests of single rules: small schemas, each with the code and the line of the expected error, or none.
//!
//! The lines are QEMU's, which reports an error in a definition at the definition's first line, and an error in
//! documentation at its own line.

use super::{Failure, Loaded, Options, load};
use crate::diagnostic::{Code, Diagnostics, Severity};
use crate::language::Language;
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

/// Loads a schema of one file, in the language of QEMU 10.0.
fn load_text(text: &str) -> Result<Loaded, Failure> {
    load_as(Language::V10_0, text)
}

fn load_as(language: Language, text: &str) -> Result<Loaded, Failure> {
    let options = Options { language: Some(language) };
    load(&MemoryLoader::new().file("test.json", text), "test.json", &options)
}

/// Codes and lines of all errors.
fn errors(text: &str) -> Vec<(Code, u32)> {
    match load_text(text) {
        Ok(_) => Vec::new(),
        Err(Failure { diagnostics, sources }) => lines(&diagnostics, &sources, Severity::Error),
    }
}

fn lines(diagnostics: &Diagnostics, sources: &Sources, severity: Severity) -> Vec<(Code, u32)> {
    (diagnostics.iter())
        .filter(|diagnostic| diagnostic.severity == severity)
        .map(|diagnostic| {
            let line = diagnostic.qemu_place().map_or(0, |place| sources.locate(place).line);
            (diagnostic.code, line)
        })
        .collect()
}

/// Asserts that the schema is accepted without a warning.
#[track_caller]
fn accepts(text: &str) -> Loaded {
    match load_text(text) {
        Ok(loaded) => {
            assert!(loaded.warnings.is_empty(), "{}", loaded.warnings.to_human(&loaded.schema.sources));
            loaded
        }
        Err(failure) => panic!("refused:\n{}", failure.diagnostics.to_human(&failure.sources)),
    }
}

/// Asserts that the schema has exactly this error.
#[track_caller]
fn refuses(text: &str, code: Code, line: u32) {
    refuses_all(text, &[(code, line)]);
}

/// Asserts that the schema has exactly these errors.
#[track_caller]
fn refuses_all(text: &str, expected: &[(Code, u32)]) {
    assert_eq!(errors(text), expected, "of\n{text}");
}
