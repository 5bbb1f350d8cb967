//! Checks the packages as published: they build, and their tests compile without this workspace.
//!
//! Packages of this workspace that only tests need are not published. A test that needs one of them has to be excluded
//! from the package (`exclude` in its manifest).

use super::{command, succeed};
use crate::{Failure, workspace};

/// The published packages.
const PACKAGES: [&str; 2] = ["qapi-gen", "qapi-runtime"];

pub(super) fn run() -> Result<(), Failure> {
    let mut package = command("cargo");
    package.args(["package", "--locked", "--allow-dirty"]);
    succeed(package.args(PACKAGES.iter().flat_map(|name| ["--package", name])))?;
    // Outside of the workspace, since the unpacked packages are not its members.
    let folder = tempfile::tempdir()?;
    for name in PACKAGES {
        let file = format!("{name}-{}", env!("CARGO_PKG_VERSION"));
        let archive = workspace::target().join("package").join(format!("{file}.crate"));
        succeed(command("tar").arg("-xf").arg(archive).arg("-C").arg(folder.path()))?;
        let mut tests = workspace::cargo(&folder.path().join(file));
        tests.args(["check", "--quiet", "--all-targets", "--locked", "--all-features"]);
        // The workspace's debug setting: with the same profile, cargo reuses the dependencies that clippy has checked.
        tests.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
        succeed(tests.env("CARGO_TARGET_DIR", workspace::target()))
            .map_err(|failure| format!("the tests in the package {name}: {failure}"))?;
    }
    Ok(())
}
