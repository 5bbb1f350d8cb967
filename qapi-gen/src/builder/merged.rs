//! Compiling one schema for servers of several versions.

use super::{Builder, watch};
use crate::compose::Layout;
use crate::driver::{Peer, PeersError, merge_peers};
use crate::error::Error;
use crate::merge::Preferences;
use std::path::Path;

impl Builder {
    /// Merges schemas and compiles the result like [`compile`](Self::compile), for a client of servers of several
    /// versions.
    ///
    /// `schemas` are schema files or answers to `query-qmp-schema`, the oldest version first. Each may be given as
    /// `LABEL=PATH`; the documentation of the generated code then says with the label which versions know a part. The
    /// default is the version of the QEMU source tree around the file, otherwise the file's name.
    ///
    /// What any of the servers sends decodes: a member is mandatory only if it is so in all schemas, and the values of an
    /// enumeration are those of all. `Capabilities::supports` in the runtime says whether the server at hand takes a
    /// command with certain arguments. The merged schema is written beside the generated file, as `OUT_DIR/NAME.json`,
    /// where `NAME` is the name of the last file.
    ///
    /// Needs the feature `import`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or written, an invalid schema or answer, or types that cannot be joined and for which
    /// there is no [`prefer`](Self::prefer).
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), qapi_gen::Error> {
    ///     qapi_gen::Builder::new().client(true).compile_merged(["7.2=qemu-7.2.json", "10.0=qemu-10.0.json"])
    /// }
    /// ```
    pub fn compile_merged<T: AsRef<Path>>(self, schemas: impl IntoIterator<Item = T>) -> Result<(), Error> {
        let folder = self.folder()?;
        let peer = |path: T| Peer::parse(&path.as_ref().to_string_lossy());
        let peers: Vec<Peer> = schemas.into_iter().map(peer).collect();
        let Some(newest) = peers.last() else {
            return Err(Error::new("there is no schema to merge".into()));
        };
        peers.iter().for_each(|peer| watch(&peer.path));
        let (merged, files) =
            merge_peers(&peers, &self.preferences, Layout::Single).map_err(|error| match error {
                PeersError::Schema(failure) => Error::from(*failure),
                error => Error::new(match error.preference() {
                    Some((place, label)) => format!(
                        "{error}\nhelp: follow one of the schemas there, as with `.prefer({place:?}, {label:?})`"
                    ),
                    None => error.to_string(),
                }),
            })?;
        files.iter().for_each(|file| watch(file));
        // The preferences have had their effect.
        let builder = Builder { preferences: Preferences::new(), ..self };
        builder.compile_made(&merged.files, &folder, &newest.path)
    }

    /// Sets which schema [`compile_merged`](Self::compile_merged) follows at a place where the types of the schemas
    /// cannot be joined. `place` is written as in the error message, and `label` names the schema.
    ///
    /// Needs the feature `import`.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().prefer("query-foo.return.size", "10.0");
    /// ```
    pub fn prefer(mut self, place: impl Into<String>, label: impl Into<String>) -> Self {
        self.preferences.insert(place.into(), label.into());
        self
    }
}
