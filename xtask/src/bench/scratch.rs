//! Temporary packages for measurements, in the target folder.

use super::measure::{Sample, once};
use crate::{Failure, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) struct Package {
    pub(super) folder: PathBuf,
}

/// The contents of a package.
pub(super) struct Parts<'a> {
    pub(super) name: &'a str,
    /// The lines of the manifest after `[package]`.
    pub(super) manifest: String,
    /// Path in the package, contents.
    pub(super) files: &'a [(&'a str, String)],
}

impl Package {
    pub(super) fn write(parts: &Parts) -> Result<Package, Failure> {
        let folder = folder().join(parts.name);
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{}\n[workspace]\n",
            parts.name, parts.manifest
        );
        workspace::write(&folder.join("Cargo.toml"), &manifest)?;
        // The workspace's lock file, so that no other versions are fetched or built.
        if !folder.join("Cargo.lock").exists() {
            std::fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        }
        for (path, contents) in parts.files {
            workspace::write(&folder.join(path), contents)?;
        }
        Ok(Package { folder })
    }

    /// Cargo for this package, not incremental.
    pub(super) fn cargo(&self, profile: Profile) -> Command {
        let mut cargo = workspace::cargo(&self.folder);
        cargo.env("CARGO_INCREMENTAL", "0").env("CARGO_TARGET_DIR", built()).arg("build");
        if profile == Profile::Release {
            cargo.arg("--release");
        }
        cargo
    }

    /// Builds the package and its dependencies, and shows cargo's output.
    pub(super) fn prepare(&self, profile: Profile) -> Result<(), Failure> {
        let status = self.cargo(profile).arg("--quiet").status()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("{}: does not build", self.folder.display()).into())
        }
    }

    /// Rebuilds only the package itself, without dependencies and build script.
    pub(super) fn rebuild(&self, profile: Profile) -> Result<Sample, Failure> {
        let source = self.folder.join("src/lib.rs");
        std::fs::File::options().append(true).open(source)?.set_modified(std::time::SystemTime::now())?;
        once(&mut self.cargo(profile), false)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    Dev,
    Release,
}

impl Profile {
    pub(super) fn name(self) -> &'static str {
        match self {
            Profile::Dev => "dev",
            Profile::Release => "release",
        }
    }
}

/// The folder of scratch packages.
pub(super) fn folder() -> PathBuf {
    workspace::target().join("bench")
}

/// Their target folder.
pub(super) fn built() -> PathBuf {
    folder().join("target")
}

/// A dependency on a crate of the workspace.
pub(super) fn dependency(name: &str, features: &str) -> String {
    let path: &Path = &workspace::root().join(name);
    format!("{name} = {{ path = {path:?}, default-features = false, features = [{features}] }}\n")
}
