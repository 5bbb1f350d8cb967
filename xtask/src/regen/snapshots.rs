//! The snapshots: `.snap` files that tests compare with the compiler's output.
//!
//! A test never accepts its own output. insta writes pending snapshots to a folder in the build folder, and only
//! `regen` moves them into the tree.

use crate::{Failure, workspace};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The tests that have snapshots, as arguments for cargo.
const TESTS: [&[&str]; 2] = [
    &["--package", "qapi-gen", "--lib", "--tests"],
    &["--package", "qapi-tests", "--test", "snapshots", "--test", "public_items", "--test", "user_builds"],
];
/// The folders that may contain snapshots.
const FOLDERS: [&str; 3] = ["qapi-gen/src", "qapi-gen/tests", "tests"];

/// Rewrites the snapshots, or only compares them if `check` is set. Returns how many differ.
pub(super) fn run(check: bool) -> Result<usize, Failure> {
    let scratch = workspace::target().join("regen");
    let pending = scratch.join("pending");
    if scratch.exists() {
        std::fs::remove_dir_all(&scratch)?;
    }
    std::fs::create_dir_all(&pending)?;
    let references = scratch.join("references");

    let before = snapshots()?;
    for tests in TESTS {
        let output = workspace::cargo(workspace::root())
            .args(["test", "--quiet", "--no-fail-fast"])
            .args(tests)
            .env("INSTA_UPDATE", if check { "new" } else { "always" })
            .env("INSTA_FORCE_PASS", "1")
            .env("INSTA_OUTPUT", "none")
            .env("INSTA_WORKSPACE_ROOT", workspace::root())
            .env("INSTA_PENDING_DIR", &pending)
            .env("INSTA_SNAPSHOT_REFERENCES_FILE", &references)
            .output()?;
        if !output.status.success() {
            print!("{}", String::from_utf8_lossy(&output.stdout));
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
            return Err("the tests with snapshots failed, by something else than a snapshot".into());
        }
    }

    let used: BTreeSet<PathBuf> = std::fs::read_to_string(&references)
        .map_err(|error| format!("no test used a snapshot: {error}"))?
        .lines()
        .map(|line| Path::new(line).components().collect())
        .collect();
    let after = if check { with_pending(&before, &pending)? } else { snapshots()? };
    let mut changes = 0;
    for (path, text) in &after {
        if before.get(path) != Some(text) {
            changes += 1;
            super::show(path, before.get(path).map_or("", String::as_str), text);
        }
    }
    for path in before.keys().filter(|path| !used.contains(*path)) {
        changes += 1;
        println!("{}: no test uses this snapshot", path.display());
        if !check {
            std::fs::remove_file(path)?;
        }
    }
    Ok(changes)
}

/// The snapshots with the pending ones in their places.
fn with_pending(
    before: &BTreeMap<PathBuf, String>,
    pending: &Path,
) -> Result<BTreeMap<PathBuf, String>, Failure> {
    let mut after = before.clone();
    let mut fresh = BTreeMap::new();
    collect(pending, ".snap.new", &mut fresh)?;
    for (path, text) in fresh {
        let place = workspace::root().join(path.strip_prefix(pending)?).with_extension("");
        // Only the contents are compared; the header of a pending snapshot has more fields.
        let old = before.get(&place).map(|old| contents(old));
        if old != Some(contents(&text)) {
            after.insert(place, text);
        }
    }
    Ok(after)
}

/// A snapshot without its header, which is enclosed by two lines of dashes.
fn contents(snapshot: &str) -> &str {
    snapshot.splitn(3, "---\n").nth(2).unwrap_or(snapshot)
}

fn snapshots() -> Result<BTreeMap<PathBuf, String>, Failure> {
    let mut found = BTreeMap::new();
    for folder in FOLDERS {
        collect(&workspace::root().join(folder), ".snap", &mut found)?;
    }
    Ok(found)
}

/// All files below `folder` whose names end with `ending`.
fn collect(folder: &Path, ending: &str, found: &mut BTreeMap<PathBuf, String>) -> Result<(), Failure> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, ending, found)?;
        } else if path.to_string_lossy().ends_with(ending) {
            let text = workspace::read(&path)?;
            found.insert(path, text);
        }
    }
    Ok(())
}
