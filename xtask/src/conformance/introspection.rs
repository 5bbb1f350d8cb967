//! Group 3: our introspection equals what a real QEMU answered to `query-qmp-schema`.
//!
//! A tree may have a folder `introspect`, in which `NAME.config` lists the defines of a build, one on each line, and
//! `NAME.json` is the answer of that build.

use super::report::{Difference, Group};
use super::tree::Tree;
use crate::{Failure, workspace};
use qapi_gen::stages::introspect::{Introspection, Names};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// `None` if the tree has no recorded answers.
pub(super) fn run(tree: &Tree) -> Result<Option<Group>, Failure> {
    let folder = tree.path("introspect");
    if !folder.is_dir() {
        println!("introspection: skipped, there is no {}", folder.display());
        return Ok(None);
    }
    let mut group = Group::new("introspection", "entries");
    for config in configs(&folder)? {
        compare(tree, &config, &mut group)?;
    }
    Ok(Some(group))
}

fn configs(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "config") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn compare(tree: &Tree, config: &Path, group: &mut Group) -> Result<(), Failure> {
    let name = config.file_stem().unwrap_or_default().to_string_lossy();
    let defines: BTreeSet<String> = workspace::read(config)?.split_whitespace().map(str::to_owned).collect();
    let theirs: Vec<Value> = serde_json::from_str(&workspace::read(&config.with_extension("json"))?)?;
    let schema = tree.load(&tree.path("qapi/qapi-schema.json"))?;
    let ours = Introspection::new(&schema, Names::Masked).decide(&defines).to_json();
    let ours: Vec<Value> = serde_json::from_str(&ours)?;

    // Entry by entry up to the longer of the two, so that a truncated answer does not count as equal.
    for at in 0..ours.len().max(theirs.len()) {
        let (ours, theirs) = (ours.get(at), theirs.get(at));
        group.compared += 1;
        if ours != theirs {
            group.differences.push(Difference {
                case: format!("{name}[{at}]"),
                detail: format!("ours:   {}\ntheirs: {}", show(ours), show(theirs)),
            });
        }
    }
    Ok(())
}

fn show(entry: Option<&Value>) -> String {
    entry.map_or_else(|| "no such entry".to_owned(), Value::to_string)
}
