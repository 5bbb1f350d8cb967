//! Where things are, and how cargo is called.

use crate::Failure;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package of this program is a folder of the workspace")
}

/// The folder that cargo builds in.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The folder of data that conformance is measured against, which is no part of the project.
pub(crate) fn conformance_data() -> PathBuf {
    match std::env::var_os("QAPI_CONFORMANCE_DATA") {
        Some(folder) => root().join(folder),
        None => root().join("../shared"),
    }
}

/// Cargo, the one that runs this program where there is one, in `folder`.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    // What cargo tells the programs that it runs about *their* package would confuse the inner one.
    for (name, _) in std::env::vars_os() {
        let inherited = name.to_string_lossy().starts_with("CARGO_PKG_");
        if inherited || name == "CARGO_MANIFEST_DIR" || name == "CARGO_MANIFEST_PATH" {
            command.env_remove(name);
        }
    }
    command
}

/// The contents of a file, the path in the error.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Writes a file where its contents change; makes its folder.
pub(crate) fn write(path: &Path, contents: &str) -> Result<(), Failure> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == contents) {
        return Ok(());
    }
    let written =
        path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(path, contents));
    written.map_err(|error| format!("{}: {error}", path.display()).into())
}
