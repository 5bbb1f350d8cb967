//! A side of the comparison, wherever it comes from.

use crate::cli::manner::Manner;
use crate::cli::{live, report};
use qapi_gen::compat::Wire;
use qapi_gen::compat::report::Side;
use qapi_gen::loader::{DiskLoader, GitLoader, Loader};
use qapi_gen::schema;
use qapi_gen::source::Sources;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;

/// A side, read.
pub(super) struct Input {
    name: String,
    pub(super) wire: Wire,
    sources: Option<Sources>,
}

impl Input {
    /// Reads what the user named; says on standard error why it cannot.
    pub(super) fn open(name: &str, manner: Manner) -> Option<Self> {
        let path = Path::new(name);
        if !path.exists()
            && let Some((revision, file)) = name.split_once(':')
        {
            let loader = match GitLoader::open(Path::new("."), revision) {
                Ok(loader) => loader,
                Err(error) => return refuse(name, error),
            };
            let path = loader.path(file);
            return Self::read(name, &loader, &path, manner);
        }
        Self::read(name, &DiskLoader, path, manner)
    }

    /// Asks a running server.
    pub(super) fn ask(address: &str) -> Option<Self> {
        match live::ask(address) {
            Ok(text) => Self::answer(address, &text),
            Err(error) => refuse(address, error),
        }
    }

    fn read(name: &str, loader: &dyn Loader, path: &Path, manner: Manner) -> Option<Self> {
        let bytes = match loader.read(path) {
            Ok(bytes) => bytes,
            Err(error) => return refuse(name, error),
        };
        if looks_answered(&bytes) {
            return match String::from_utf8(bytes) {
                Ok(text) => Self::answer(name, &text),
                Err(error) => refuse(name, error),
            };
        }
        let options = schema::Options { lenient_docs: true };
        match schema::load(loader, path, &options) {
            Ok(loaded) => {
                let wire = Wire::from_schema(&loaded.schema);
                Some(Input { name: name.to_owned(), wire, sources: Some(loaded.schema.sources) })
            }
            Err(failure) => {
                let human = report::Format::Human;
                report::diagnostics(&failure.diagnostics, &failure.sources, human, manner);
                None
            }
        }
    }

    fn answer(name: &str, text: &str) -> Option<Self> {
        match Wire::from_answer(text) {
            Ok(wire) => Some(Input { name: name.to_owned(), wire, sources: None }),
            Err(error) => refuse(name, error),
        }
    }

    pub(super) fn decide(self, defines: &BTreeSet<String>) -> Self {
        Input { wire: self.wire.decide(defines), ..self }
    }

    pub(super) fn has_conditions(&self) -> bool {
        self.wire.has_conditions()
    }

    pub(super) fn side(&self) -> Side<'_> {
        Side { name: &self.name, sources: self.sources.as_ref() }
    }
}

/// Schema files have no double quotes before a comment, and no lists at top level.
fn looks_answered(bytes: &[u8]) -> bool {
    let mut rest = bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
    match rest.next() {
        Some(b'[') => true,
        Some(b'{') => rest.next() == Some(&b'"'),
        Some(_) | None => false,
    }
}

fn refuse<T>(name: &str, error: impl Display) -> Option<T> {
    eprintln!("qapi-gen: cannot read {name}: {error}");
    None
}
