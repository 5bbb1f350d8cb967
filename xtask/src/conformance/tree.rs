//! A QEMU source tree, or the part of one that contains schemas.

use crate::{Failure, workspace};
use qapi_gen::Language;
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema::{self, Schema};
use std::path::{Path, PathBuf};

/// A tree, with its version of the language.
pub(super) struct Tree {
    folder: PathBuf,
    language: Language,
}

impl Tree {
    /// Fails if the folder is not such a tree.
    pub(super) fn open(folder: PathBuf) -> Result<Self, Failure> {
        if !folder.join("qapi/qapi-schema.json").is_file() {
            return Err(format!(
                "{}: not a QEMU source tree; name one by --qemu, or the folder that has one by QAPI_CONFORMANCE_DATA",
                folder.display()
            )
            .into());
        }
        let version = version(&folder)?;
        let language = Language::of_version(&version).ok_or_else(|| {
            format!("{}: '{version}' is no version of QEMU; a tree has a file VERSION, or a name like qemu-10.0.2", folder.display())
        })?;
        println!("{}: QEMU {version}, read in the language '{language}'", folder.display());
        Ok(Self { folder, language })
    }

    /// A path within the tree.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The language of the tree's version.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// A schema of the tree, or its diagnostics.
    pub(super) fn load(&self, path: &Path) -> Result<Schema, Failure> {
        match schema::load(&DiskLoader, path, &schema::Options::default()) {
            Ok(loaded) => Ok(loaded.schema),
            Err(failure) => Err(failure.diagnostics.to_human(&failure.sources).into()),
        }
    }
}

/// The tree's version, from its file `VERSION` or the folder's name (`qemu-7.2`).
fn version(folder: &Path) -> Result<String, Failure> {
    let file = folder.join("VERSION");
    if file.is_file() {
        return Ok(workspace::read(&file)?.trim().to_owned());
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    Ok(name.strip_prefix("qemu-").unwrap_or(&name).to_owned())
}
