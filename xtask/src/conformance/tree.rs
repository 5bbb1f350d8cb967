//! A QEMU source tree, or the part of one that holds schemas.

use crate::{Failure, workspace};
use qapi_gen::loader::DiskLoader;
use qapi_gen::schema::{self, Schema};
use std::path::{Path, PathBuf};

/// A tree, and what its version means for us.
pub(super) struct Tree {
    folder: PathBuf,
    /// The first number of its version; a cut without a file `VERSION` counts as current.
    major: Option<u32>,
}

impl Tree {
    /// Fails when the folder is none.
    pub(super) fn open(folder: PathBuf) -> Result<Self, Failure> {
        if !folder.join("qapi/qapi-schema.json").is_file() {
            return Err(format!(
                "{}: not a QEMU source tree; name one by --qemu, or the folder that has one by QAPI_CONFORMANCE_DATA",
                folder.display()
            )
            .into());
        }
        let version = folder.join("VERSION");
        let major = match version.is_file() {
            true => workspace::read(&version)?.split('.').next().and_then(|major| major.trim().parse().ok()),
            false => None,
        };
        Ok(Self { folder, major })
    }

    /// A path within the tree.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// Whether its documentation follows the rules from before QEMU 10.
    pub(super) fn is_before_10(&self) -> bool {
        self.major.is_some_and(|major| major < 10)
    }

    /// A schema of the tree, or all that is wrong with it.
    pub(super) fn load(&self, path: &Path) -> Result<Schema, Failure> {
        let options = schema::Options { lenient_docs: self.is_before_10() };
        match schema::load(&DiskLoader, path, &options) {
            Ok(loaded) => Ok(loaded.schema),
            Err(failure) => Err(failure.diagnostics.to_human(&failure.sources).into()),
        }
    }
}
