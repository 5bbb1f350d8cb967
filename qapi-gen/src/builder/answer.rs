//! Compiling a server's answer to `query-qmp-schema`.

use super::{Builder, named_after, watch, write};
use crate::compose::{File, Layout};
use crate::error::Error;
use crate::import::{Names, import};
use crate::loader::DiskLoader;
use crate::schema::{self, Loaded};
use crate::{driver, protocol};
use std::path::Path;

impl Builder {
    /// Makes a schema from an answer to `query-qmp-schema` and compiles it like [`compile`](Self::compile).
    ///
    /// `answer` is a file with the array that the command returned, or with the whole reply. An answer has no type
    /// names and no documentation. Both come from the schemas in `names`, which should be of about the server's
    /// version. A type that they do not describe is named after the first place that uses it, and an integer whose width
    /// they do not give is an `i128`, which takes all values of `i64` and `u64`. The new schema is
    /// written beside the generated file, as `OUT_DIR/NAME.json`.
    ///
    /// Needs the feature `import`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or written, a file that is not such an answer, or an invalid schema in `names`.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), qapi_gen::Error> {
    ///     qapi_gen::Builder::new().client(true).compile_answer("qemu-10.0.json", ["qemu/qapi/qapi-schema.json"])
    /// }
    /// ```
    pub fn compile_answer<T: AsRef<Path>>(
        self,
        answer: impl AsRef<Path>,
        names: impl IntoIterator<Item = T>,
    ) -> Result<(), Error> {
        let answer = answer.as_ref();
        let folder = self.folder()?;
        watch(answer);
        let text = std::fs::read_to_string(answer)
            .map_err(|error| Error::new(format!("cannot read {}: {error}", answer.display())))?;
        let mut sources = Vec::new();
        for path in names {
            let path = path.as_ref();
            watch(path);
            let Loaded { schema, .. } = driver::load(&DiskLoader, path, &schema::Options::default())?;
            protocol::on_disk(&schema.sources).for_each(watch);
            sources.push((path.display().to_string(), schema));
        }
        let names: Vec<Names<'_>> = sources.iter().map(|(label, schema)| Names { label, schema }).collect();
        let imported = import(&text, &names, Layout::Single)
            .map_err(|error| Error::new(format!("cannot import {}: {error}", answer.display())))?;
        self.compile_made(&imported.files, &folder, answer)
    }

    /// Writes a schema that was made from other files beside the generated file, named after `origin`, and compiles it.
    pub(super) fn compile_made(self, files: &[File], folder: &Path, origin: &Path) -> Result<(), Error> {
        let path = named_after(origin, folder, "json");
        File::write_all(files, Layout::Single, &path)
            .map_err(|(path, error)| Error::new(format!("cannot write {}: {error}", path.display())))?;
        // `compile` would make Cargo watch this file, which we write ourselves; its sources are watched instead.
        write(&self.generate(&path)?, folder, &path)
    }
}
