//! Reports what changed for clients in our own schemas since the last commit.

use crate::{Failure, workspace};
use qapi_gen::stages::compat::compare;
use qapi_gen::stages::compat::report::{Side, Sides, Style, human};
use qapi_gen::stages::loader::{DiskLoader, GitLoader, Loader};
use qapi_gen::stages::schema::{self, Loaded, Schema};
use qapi_gen::stages::wire::Wire;
use std::path::Path;

const SCHEMA: &str = "schemas/qapi-schema.json";
const REVISION: &str = "HEAD";

/// Prints the changes with a verdict on each. The report is for the reviewer of a change to the generated code; it
/// never fails the command.
pub(super) fn run() -> Result<(), Failure> {
    let loader = match GitLoader::open(workspace::root(), REVISION) {
        Ok(loader) => loader,
        Err(error) => {
            println!("skipped: what changed for clients since the last commit: {error}");
            return Ok(());
        }
    };
    let old_path = loader.path(SCHEMA);
    if loader.read(&old_path).is_err() {
        println!("skipped: what changed for clients since the last commit: it has no {SCHEMA}");
        return Ok(());
    }
    let old = load(&loader, &old_path)?;
    let new = load(&DiskLoader, &workspace::root().join(SCHEMA))?;
    let changes = compare(&Wire::from_schema(&old), &Wire::from_schema(&new));
    let sides = Sides {
        old: Side { name: REVISION, sources: Some(&old.sources) },
        new: Side { name: SCHEMA, sources: Some(&new.sources) },
    };
    // Both sides name places relative to the top of the workspace.
    let root = format!("{}/", workspace::root().display());
    print!(
        "{SCHEMA} since the last commit: {}",
        human(&changes, &sides, Style::default()).replace(&root, "")
    );
    Ok(())
}

fn load(loader: &dyn Loader, path: &Path) -> Result<Schema, Failure> {
    // Only the wire is compared; the compiler reports errors in documentation.
    match schema::load(loader, path, &schema::Options::default()) {
        Ok(Loaded { schema, .. }) => Ok(schema),
        Err(failure) => Err(failure.diagnostics.to_human(&failure.sources).into()),
    }
}
