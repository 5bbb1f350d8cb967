//! The error of a build script.

use crate::protocol;
use crate::schema::Failure;
use std::fmt;
use std::path::{Path, PathBuf};

/// The reasons why a schema was not compiled.
///
/// `Display` and `Debug` both print the text for people: every error with its excerpt.
pub struct Error {
    text: String,
    files: Vec<PathBuf>,
}

impl Error {
    pub(crate) fn new(text: String) -> Self {
        Self { text, files: Vec::new() }
    }

    /// The schema files that the compiler read before it failed.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(PathBuf::as_path)
    }
}

impl From<Failure> for Error {
    fn from(Failure { diagnostics, sources }: Failure) -> Self {
        let files = protocol::on_disk(&sources).map(Path::to_owned).collect();
        Self { text: diagnostics.to_human(&sources), files }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `main` prints an error as `Error: {:?}`; the line break puts the text on a line of its own.
        write!(f, "\n{}", self.text)
    }
}

impl std::error::Error for Error {}
