//! Packages that contain only a generated schema, in a workspace of their own below the build folder.

use crate::{Failure, workspace};
use std::path::PathBuf;

/// The packages of one group.
pub(super) struct Packages {
    folder: PathBuf,
    names: Vec<String>,
}

impl Packages {
    /// Creates an empty set, in a folder named after the group.
    pub(super) fn new(group: &str) -> Self {
        Self { folder: workspace::target().join("conformance").join(group), names: Vec::new() }
    }

    /// Adds a package with this code.
    pub(super) fn add(&mut self, name: &str, code: &str) -> Result<(), Failure> {
        let folder = self.folder.join(name);
        let runtime = workspace::root().join("qapi-runtime");
        workspace::write(
            &folder.join("Cargo.toml"),
            &format!(
                "[package]\nname = \"{name}\"\nedition = \"2024\"\nversion = \"0.0.0\"\n\n\
                 [dependencies]\nqapi-runtime = {{ path = {runtime:?} }}\n"
            ),
        )?;
        workspace::write(
            &folder.join("src/lib.rs"),
            "//! Generated code, all of it public and documented.\n#![deny(warnings, missing_docs)]\n\n\
             /// The schema.\npub mod qapi {\n    include!(\"generated.rs\");\n}\n",
        )?;
        workspace::write(&folder.join("src/generated.rs"), code)?;
        self.names.push(name.to_owned());
        Ok(())
    }

    /// Makes the build script of a package print these lines for cargo.
    pub(super) fn tell_cargo(&self, name: &str, directives: &str) -> Result<(), Failure> {
        let folder = self.folder.join(name);
        workspace::write(
            &folder.join("build.rs"),
            "fn main() {\n    println!(\"cargo::rerun-if-changed=directives\");\n    \
             print!(\"{}\", std::fs::read_to_string(\"directives\").unwrap());\n}\n",
        )?;
        workspace::write(&folder.join("directives"), directives)
    }

    /// Writes the workspace, so that the packages share builds, and use the versions of this workspace.
    pub(super) fn finish(&self) -> Result<(), Failure> {
        let members = &self.names;
        workspace::write(
            &self.folder.join("Cargo.toml"),
            &format!(
                "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[profile.dev]\ndebug = false\n"
            ),
        )?;
        let lock = workspace::read(&workspace::root().join("Cargo.lock"))?;
        workspace::write(&self.folder.join("Cargo.lock"), &lock)
    }

    /// The packages, in the order in which they were added.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// rustc's errors and warnings for a package, if any.
    pub(super) fn check(&self, name: &str) -> Result<Option<String>, Failure> {
        let output = workspace::cargo(&self.folder)
            .args(["check", "--quiet", "--message-format", "short", "--package", name])
            .env("CARGO_TARGET_DIR", workspace::target().join("conformance/target"))
            .output()?;
        if output.status.success() {
            return Ok(None);
        }
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        let some: Vec<&str> = messages.lines().take(20).collect();
        Ok(Some(format!("{}\n({} lines in all)", some.join("\n"), messages.lines().count())))
    }
}
