//! Judges what changed for clients in our own schemas since the last release.

use super::base::Base;
use crate::{Failure, workspace};
use qapi_gen::stages::compat::report::{Side, Sides, Style, human};
use qapi_gen::stages::compat::{AcceptFile, Change, Comparison, FailOn, Staleness, compare};
use qapi_gen::stages::loader::{DiskLoader, GitLoader, Loader};
use qapi_gen::stages::schema::{self, Loaded, Schema};
use qapi_gen::stages::wire::Wire;
use std::path::Path;

const SCHEMA: &str = "schemas/qapi-schema.json";

/// The changes that were accepted, in the form of `qapi-gen diff --accept`. Without the file there are none.
const ACCEPTED: &str = "xtask/accepted-changes.json";

/// Prints the changes with a verdict on each. Returns whether they may pass.
pub(super) fn run() -> Result<bool, Failure> {
    judge(workspace::root())
}

fn judge(root: &Path) -> Result<bool, Failure> {
    let base = match Base::find(root, SCHEMA) {
        Ok(base) => base,
        Err(why) => {
            println!("skipped: what changed for clients in {SCHEMA}: {why}");
            return Ok(true);
        }
    };
    let loader = GitLoader::open(root, base.revision())?;
    let old_path = loader.path(SCHEMA);
    if loader.read(&old_path).is_err() {
        println!("skipped: what changed for clients in {SCHEMA}: {base} does not have it");
        return Ok(true);
    }
    let old = load(&loader, &old_path)?;
    let new = load(&DiskLoader, &root.join(SCHEMA))?;
    let changes = compare(&Wire::from_schema(&old), &Wire::from_schema(&new));
    let found = accept(root, changes, &base)?;
    let sides = Sides {
        old: Side { name: base.revision(), sources: Some(&old.sources) },
        new: Side { name: SCHEMA, sources: Some(&new.sources) },
    };
    let report = super::within(root, &human(&found, &sides, Style::default()));
    print!("{SCHEMA} since {base}:\n{report}");
    let passes = found.passes(FailOn::Incompatible);
    if !passes {
        println!("{ACCEPTED} has to list what may be incompatible, and nothing else: see docs/review.md");
    }
    Ok(passes)
}

/// Marks the changes that are accepted.
fn accept(root: &Path, changes: Vec<Change>, base: &Base) -> Result<Comparison, Failure> {
    let path = root.join(ACCEPTED);
    if !path.exists() {
        return Ok(changes.into());
    }
    let file = AcceptFile::parse(ACCEPTED, &workspace::read(&path)?)?;
    // The version of our schemas is that of the packages.
    let release = env!("CARGO_PKG_VERSION").parse()?;
    let mut found = file.accept(changes, Some(&release))?;
    if matches!(base, Base::Fork { .. }) {
        // An entry without a change here may be for one that the main branch has already.
        found.stale.retain(|stale| stale.staleness != Staleness::Unmatched);
    }
    Ok(found)
}

fn load(loader: &dyn Loader, path: &Path) -> Result<Schema, Failure> {
    // Only the wire is compared; the compiler reports errors in documentation.
    match schema::load(loader, path, &schema::Options::default()) {
        Ok(Loaded { schema, .. }) => Ok(schema),
        Err(failure) => Err(failure.diagnostics.to_human(&failure.sources).into()),
    }
}

#[cfg(test)]
mod tests;
