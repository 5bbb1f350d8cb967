//! Compiling what a QEMU says of its devices.

use super::{Builder, named_after, watch, write_text};
use crate::driver::{self, DevicesError, Peer, compile_devices, read_devices};
use crate::error::Error;
use crate::loader::DiskLoader;
use crate::protocol;
use crate::schema::{self, Loaded};
use std::path::Path;

impl Builder {
    /// Generates types for devices of QEMU: one for each driver, with a setter for each property.
    ///
    /// `answers` are files that `qapi-gen devices --save` wrote, the oldest version of QEMU first. Each may be given as
    /// `LABEL=PATH`; the documentation of the generated code then says with the label which versions know a part. The
    /// default is the version. A property has a type that takes the values of all versions. Enumerations have the values
    /// that the schemas in `names` give them, otherwise those that descriptions of properties list.
    ///
    /// [`only`](Self::only) names the drivers; without it, there is a type for each driver of the answers. Of the other
    /// options, [`runtime_path`](Self::runtime_path), [`docs`](Self::docs) and [`format`](Self::format) have an effect. The
    /// file is `OUT_DIR/NAME.rs`, where `NAME.json` is the name of the last answer.
    ///
    /// Needs the feature `import`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or written, a file that is no such answer, an invalid schema in `names`, or a driver that
    /// no answer has.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), qapi_gen::Error> {
    ///     qapi_gen::Builder::new()
    ///         .only(["virtio-blk-pci", "*-x86_64-cpu"])
    ///         .compile_devices(["7.2=devices-7.2.json", "10.0=devices-10.0.json"], [] as [&str; 0])
    /// }
    /// ```
    pub fn compile_devices<T: AsRef<Path>, U: AsRef<Path>>(
        self,
        answers: impl IntoIterator<Item = T>,
        names: impl IntoIterator<Item = U>,
    ) -> Result<(), Error> {
        self.check_preferences()?;
        let folder = self.folder()?;
        let peer = |path: T| Peer::parse(&path.as_ref().to_string_lossy());
        let peers: Vec<Peer> = answers.into_iter().map(peer).collect();
        let Some(newest) = peers.last() else {
            return Err(Error::new("there is no answer about devices".into()));
        };
        peers.iter().for_each(|peer| watch(&peer.path));
        let mut schemas = Vec::new();
        for path in names {
            let path = path.as_ref();
            watch(path);
            let Loaded { schema, .. } = driver::load(&DiskLoader, path, &schema::Options::default())?;
            protocol::on_disk(&schema.sources).for_each(watch);
            schemas.push(schema);
        }
        let refuse = |error: DevicesError| Error::new(error.to_string());
        let answers = read_devices(&peers).map_err(refuse)?;
        let text =
            compile_devices(&answers, &schemas.iter().collect::<Vec<_>>(), &self.rust).map_err(refuse)?;
        write_text(&text, &named_after(&newest.path, &folder, "rs"))
    }
}
