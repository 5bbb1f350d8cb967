//! A schema file as a revision of the repository around it has it.

use qapi_gen::stages::loader::GitLoader;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of a file. git runs there, so that the repository is that of the file, wherever the command runs.
pub(super) fn folder(file: &Path) -> &Path {
    let folder = file.parent().unwrap_or(Path::new(""));
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The loader for a revision of the repository around a file, and the file's path in it.
pub(super) fn counterpart(file: &Path, revision: &str) -> io::Result<(GitLoader, PathBuf)> {
    let loader = GitLoader::open(folder(file), revision)?;
    let name = file.file_name().unwrap_or_default();
    let path = loader.path(&format!("./{}", name.to_string_lossy()));
    Ok((loader, path))
}
