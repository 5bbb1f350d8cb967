//! Paths of the workspace, and calls of cargo.

use crate::Failure;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package of this program is a folder of the workspace")
}

/// cargo's target folder.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The folder of conformance data, which is not part of the project.
pub(crate) fn conformance_data() -> PathBuf {
    match std::env::var_os("QAPI_CONFORMANCE_DATA") {
        Some(folder) => root().join(folder),
        None => root().join("../shared"),
    }
}

/// A cargo command in `folder`, with the cargo that runs this program if there is one.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    // The variables that cargo sets for *this* package would confuse the inner cargo.
    for (name, _) in std::env::vars_os() {
        let inherited = name.to_string_lossy().starts_with("CARGO_PKG_");
        if inherited || name == "CARGO_MANIFEST_DIR" || name == "CARGO_MANIFEST_PATH" {
            command.env_remove(name);
        }
    }
    command
}

/// Builds a program of the workspace. Returns its path.
pub(crate) fn build(package: &str, program: &str) -> Result<PathBuf, Failure> {
    let arguments = ["build", "--quiet", "--locked", "--package", package, "--bin", program];
    if !cargo(root()).args(arguments).status()?.success() {
        return Err(format!("{program} cannot be built").into());
    }
    Ok(target().join("debug").join(program))
}

/// Reads a file; an error names the path.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Writes a file if its contents change, and creates its folder.
pub(crate) fn write(path: &Path, contents: &str) -> Result<(), Failure> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == contents) {
        return Ok(());
    }
    let written =
        path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(path, contents));
    written.map_err(|error| format!("{}: {error}", path.display()).into())
}
