//! The packages as they are published: that they build, and that the tests in them compile without this workspace.
//!
//! A package is published without the packages of this workspace that only its tests need, so a test that needs one of them
//! has to be left out of the package (`exclude` in its manifest).

use super::{command, succeed};
use crate::{Failure, workspace};

/// What is published.
const PACKAGES: [&str; 2] = ["qapi-gen", "qapi-runtime"];

pub(super) fn run() -> Result<(), Failure> {
    let mut package = command("cargo");
    package.args(["package", "--locked", "--allow-dirty"]);
    succeed(package.args(PACKAGES.iter().flat_map(|name| ["--package", name])))?;
    // Outside of the workspace, which they are no members of.
    let folder = tempfile::tempdir()?;
    for name in PACKAGES {
        let file = format!("{name}-{}", env!("CARGO_PKG_VERSION"));
        let archive = workspace::target().join("package").join(format!("{file}.crate"));
        succeed(command("tar").arg("-xf").arg(archive).arg("-C").arg(folder.path()))?;
        let mut tests = workspace::cargo(&folder.path().join(file));
        tests.args(["check", "--quiet", "--all-targets", "--locked", "--all-features"]);
        // As the workspace has it, so that the dependencies which clippy has checked are not checked again.
        tests.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
        succeed(tests.env("CARGO_TARGET_DIR", workspace::target()))
            .map_err(|failure| format!("the tests in the package {name}: {failure}"))?;
    }
    Ok(())
}
