//! A QEMU source tree, or the part of one that holds schemas.

use crate::{Failure, workspace};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema::{self, Schema};
use std::path::{Path, PathBuf};

/// A tree, and what its version means for us.
pub(super) struct Tree {
    folder: PathBuf,
    /// The first two numbers of its version, by its file `VERSION` or the folder's name (`qemu-7.2`).
    version: Option<(u32, u32)>,
    /// Whether its documentation follows the rules from before QEMU 10.
    old_docs: bool,
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
        let version = version(&folder)?;
        let old_docs = match version {
            Some((major, _)) => major < 10,
            None => has_old_docs(&folder.join("qapi/qapi-schema.json")),
        };
        Ok(Self { folder, version, old_docs })
    }

    /// A path within the tree.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// Whether its documentation follows the rules from before QEMU 10.
    pub(super) fn is_before_10(&self) -> bool {
        self.old_docs
    }

    /// The name of the group of schema cases: each version's rules differ from QEMU 10's in cases of their own.
    pub(super) fn suite(&self) -> &'static str {
        match self.version {
            Some((7, 2)) => "schema-suite-7.2",
            _ if self.old_docs => "schema-suite-old",
            _ => "schema-suite",
        }
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

fn version(folder: &Path) -> Result<Option<(u32, u32)>, Failure> {
    let file = folder.join("VERSION");
    if file.is_file() {
        return Ok(numbers(workspace::read(&file)?.trim()));
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    Ok(name.strip_prefix("qemu-").and_then(numbers))
}

/// The first two numbers of `10.0.2`.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split(['.', '-', '+']).map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

/// Whether a schema is right but for its documentation.
fn has_old_docs(schema: &Path) -> bool {
    let accepted =
        |lenient_docs| schema::load(&DiskLoader, schema, &schema::Options { lenient_docs }).is_ok();
    !accepted(false) && accepted(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(numbers("7.2.22"), Some((7, 2)));
        assert_eq!(numbers("10.0.2"), Some((10, 0)));
        assert_eq!(numbers("7.2-source"), Some((7, 2)));
        assert_eq!(numbers("main"), None);
    }
}
