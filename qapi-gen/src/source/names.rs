//! The names of files in messages and as modules.

use std::ffi::OsStr;
use std::path::{Component, Path};

/// A path for messages: with `/` on every system, so that messages and snapshots are the same everywhere.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// `path` relative to the directory of `root`, without looking at the disk.
pub(super) fn module(root: &Path, path: &Path) -> String {
    let base = plain(root.parent().unwrap_or(Path::new("")));
    let path = plain(path);
    let common = base.iter().zip(&path).take_while(|(a, b)| a == b).count();
    let up = base[common..].iter().map(|_| "..".into());
    let down = path[common..].iter().map(|part| part.to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<String>>().join("/")
}

/// The components of a path, without `.` and with `..` resolved against the component before it.
fn plain(path: &Path) -> Vec<&OsStr> {
    let mut parts: Vec<&OsStr> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other.as_os_str()),
        }
    }
    parts
}
