//! Each package of the workspace stands alone: no module of it is a file of another one.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().canonicalize().unwrap()
}

/// All sources below a folder but for what cargo has built.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap();
        if path.is_dir() && name != "target" && name != ".git" {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The folder of the package that a file is in.
fn package(file: &Path) -> &Path {
    file.ancestors().find(|folder| folder.join("Cargo.toml").is_file()).unwrap()
}

/// The files that `#[path]` names in a source.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.trim().strip_prefix("#[path = \"")?.strip_suffix("\"]"))
}

#[test]
fn no_module_is_a_file_of_another_package() {
    let mut files = Vec::new();
    sources(&workspace(), &mut files);
    let (mut seen, mut foreign) = (0, Vec::new());
    for file in files {
        for path in paths(&std::fs::read_to_string(&file).unwrap()) {
            seen += 1;
            let target = file.parent().unwrap().join(path).canonicalize().unwrap();
            if package(&target) != package(&file) {
                foreign.push(format!("{}: {path}", file.display()));
            }
        }
    }
    assert!(foreign.is_empty(), "{foreign:#?}");
    assert!(seen > 5, "only {seen} were found: is it written in another way?");
}
