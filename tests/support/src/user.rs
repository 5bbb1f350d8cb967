//! Packages as a user of the two crates writes them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The files of the page on a first schema.
const FIRST_SCHEMA: [&str; 4] = ["Cargo.toml", "thermostat.json", "build.rs", "src/main.rs"];

/// The files of the package on the page about a first schema: paths and texts.
pub fn first_schema() -> [(&'static str, String); 4] {
    let page = workspace().join("docs/first-schema.md");
    let page = std::fs::read_to_string(page).expect("the page");
    FIRST_SCHEMA.map(|file| (file, block(&page, file)))
}

/// Writes the package of the page about a first schema to `folder`, as its readers do.
pub fn write_first_schema(folder: &Path) {
    let files = first_schema();
    write_package(folder, &files.each_ref().map(|(path, text)| (*path, &text[..])));
}

/// Writes a package to `folder`, from paths and texts. A manifest's `../qapi/`, where a reader of the page has the
/// clone, becomes the workspace. The lock file is the workspace's, so the package builds with the tested versions.
pub fn write_package(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).expect("a folder");
        let text = text.replace("../qapi/", &format!("{}/", workspace().display()));
        std::fs::write(path, text).expect("a file");
    }
    std::fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a file");
}

/// A command of the cargo that runs this test, for the package in `folder`.
pub fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
            cargo.env_remove(name);
        }
    }
    cargo
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

/// The block of code that follows the first paragraph which starts with the file's name.
fn block(page: &str, file: &str) -> String {
    let code = page
        .split_once(&format!("\n`{file}`"))
        .and_then(|(_, rest)| rest.split_once("\n```"))
        .and_then(|(_, rest)| rest.split_once('\n'))
        .and_then(|(_, rest)| rest.split_once("\n```\n"));
    match code {
        Some((code, _)) => format!("{code}\n"),
        None => panic!("the page shows no {file}"),
    }
}
