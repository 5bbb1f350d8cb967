//! Writing what was generated: only when it changed, whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Makes `path` hold `text`; says whether it had to be written.
///
/// A file that holds `text` already keeps its modification time, so nothing that depends on it is built
/// again. Otherwise the text goes to a file beside it, which then takes its place: a reader finds the old
/// text or the new one, never a part. A link stays a link, to a file with the new text; permissions stay what
/// they were.
///
/// # Errors
///
/// What the file system says; `path` is as it was then.
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
    // The process id keeps two runs at once from writing into one file.
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = fs::File::create(&beside)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            permissions.map_or(Ok(()), |permissions| file.set_permissions(permissions))
        })
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first error is the one to report; a leftover that cannot be removed adds nothing to it.
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
