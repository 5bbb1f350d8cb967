//! Writes generated files: atomically, and only when they change.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Writes `text` to `path` unless the file has that text already. Returns whether it wrote.
///
/// An unchanged file keeps its modification time, so that nothing that depends on it is rebuilt. A changed file is
/// replaced atomically: the text goes to a temporary file beside it, which is renamed over it, so that a reader finds
/// the old text or the new one. A symbolic link stays a link and its target is replaced. Permissions are kept.
///
/// # Errors
///
/// Any error of the file system. The file at `path` is then unchanged.
pub fn write_if_changed(path: &Path, text: &str) -> io::Result<bool> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(false);
    }
    let target = path.canonicalize();
    let path = target.as_deref().unwrap_or(path);
    let permissions = fs::metadata(path).map(|meta| meta.permissions()).ok();
    let name =
        path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it names no file"))?;
    let mut beside = name.to_owned();
    // With the process id in the name, two runs at once do not write to the same temporary file.
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = fs::File::create(&beside)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            permissions.map_or(Ok(()), |permissions| file.set_permissions(permissions))
        })
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first error is the one to report, so a failure to remove the temporary file is ignored.
        let _ = fs::remove_file(&beside);
    }
    written.map(|()| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_only_what_changed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("out.rs");
        assert!(write_if_changed(&path, "a").expect("writable"));
        let written = fs::metadata(&path).and_then(|meta| meta.modified()).expect("a time");
        assert!(!write_if_changed(&path, "a").expect("writable"));
        assert_eq!(fs::metadata(&path).and_then(|meta| meta.modified()).expect("a time"), written);
        assert!(write_if_changed(&path, "b").expect("writable"));
        assert_eq!(fs::read_to_string(&path).expect("readable"), "b");
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("taken");
        fs::create_dir(&path).expect("a folder");
        fs::write(path.join("full"), "x").expect("a file");
        assert!(write_if_changed(&path, "a").is_err());
        let left: Vec<_> = fs::read_dir(folder.path()).expect("readable").collect();
        assert_eq!(left.len(), 1);
    }
}
