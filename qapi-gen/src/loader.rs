//! The only door to schema files.

use crate::language::Language;
use std::io;
use std::path::{Path, PathBuf};

mod disk;
mod git;
mod memory;

pub use disk::DiskLoader;
pub use git::GitLoader;
pub use memory::MemoryLoader;

/// Finds and reads schema files: on disk, in memory, or in a revision of a repository.
pub trait Loader {
    /// What makes two paths one file: paths of equal identity are read once, and an include that leads back to
    /// the identity of a file that is being read is a cycle.
    ///
    /// # Errors
    ///
    /// When there is no such file.
    fn identity(&self, path: &Path) -> io::Result<PathBuf>;

    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// When the file is not there or cannot be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The version of the language in which a file's documentation is written, when that is not the schema's.
    fn language(&self, path: &Path) -> Option<Language> {
        let _ = path;
        None
    }

    /// The path that `include`, written in the file `from`, stands for.
    fn resolve(&self, from: &Path, include: &str) -> PathBuf {
        from.parent().unwrap_or(Path::new("")).join(include)
    }
}
