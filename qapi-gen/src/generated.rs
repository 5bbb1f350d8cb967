//! The result of the compiler.

use crate::diagnostic::{Diagnostic, Diagnostics, Origin};
use crate::protocol;
use crate::source::Sources;
use std::path::Path;

/// The Rust code of a schema, with what the build script has to tell Cargo.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// The Rust code: the content of a module.
    pub text: String,
    /// The cfgs that the code uses, as `cargo::rustc-check-cfg` takes them: `cfg(CONFIG_LINUX)`.
    pub check_cfgs: Vec<String>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) sources: Sources,
}

impl Generated {
    /// The schema files that the compiler read.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        protocol::on_disk(&self.sources)
    }

    /// The warnings for the schema's author, each on one line, with file, line and column.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        self.diagnostics.iter().map(|one| one_line(one, &self.sources))
    }

    /// The warnings as diagnostics.
    #[doc(hidden)]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// The files to which [`diagnostics`](Self::diagnostics) point.
    #[doc(hidden)]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }
}

/// `FILE:LINE:COLUMN: MESSAGE`, since `cargo::warning` takes a single line.
fn one_line(diagnostic: &Diagnostic, sources: &Sources) -> String {
    match &diagnostic.origin {
        Origin::Span(span) => {
            let place = sources.locate(*span);
            let file = sources.file(span.file).name();
            format!("{file}:{}:{}: {}", place.line, place.column, diagnostic.message)
        }
        Origin::Option(option) => format!("{option}: {}", diagnostic.message),
        Origin::File(path) => format!("{}: {}", path.display(), diagnostic.message),
    }
}
