//! Inputs that are kept: what was found, and one input for each kind of answer.

use crate::seeds::workspace;
use std::io;
use std::path::PathBuf;

/// The folder that holds a target's corpus.
#[must_use]
pub fn folder(target: &str) -> PathBuf {
    workspace().join("fuzz/corpus").join(target)
}

/// The files of a target's corpus with their contents, sorted by name.
///
/// # Errors
///
/// When the folder or a file cannot be read.
pub fn read(target: &str) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut paths =
        std::fs::read_dir(folder(target))?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    paths.into_iter().map(|path| Ok((path.clone(), std::fs::read(&path)?))).collect()
}
