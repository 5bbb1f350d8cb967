//! All access to schema files.

use crate::language::Language;
use std::io;
use std::path::{Path, PathBuf};

mod disk;
mod git;
mod memory;

pub use disk::DiskLoader;
pub use git::{GitLoader, last_tag};
pub use memory::MemoryLoader;

/// Finds and reads schema files: on disk, in memory, or in a revision of a repository.
pub trait Loader {
    /// The identity of the file at a path. Paths with equal identity are one file: it is read once, and an include of a
    /// file that is still being read is a cycle.
    ///
    /// # Errors
    ///
    /// If there is no such file.
    fn identity(&self, path: &Path) -> io::Result<PathBuf>;

    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// If the file does not exist or cannot be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The version of the language in which a file's documentation is written, if it differs from the schema's.
    fn language(&self, path: &Path) -> Option<Language> {
        let _ = path;
        None
    }

    /// Resolves the path `include`, written in the file `from`.
    fn resolve(&self, from: &Path, include: &str) -> PathBuf {
        from.parent().unwrap_or(Path::new("")).join(include)
    }
}
