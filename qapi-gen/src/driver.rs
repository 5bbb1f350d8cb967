//! Runs the stages of the compiler in order, for every front end.

#[cfg(feature = "import")]
mod devices;
#[cfg(feature = "import")]
mod made;
#[cfg(feature = "import")]
mod peers;

use crate::generated::Generated;
use crate::loader::Loader;
use crate::protocol::{self, WithProtocol};
use crate::rust;
use crate::schema::{self, Failure, Loaded, Schema, Version};
use std::path::Path;

#[cfg(feature = "import")]
pub use devices::{DevicesError, Labelled, compile_devices, read_devices};
#[cfg(feature = "import")]
pub use made::load_made;
#[cfg(feature = "import")]
pub use peers::{Peer, PeersError, merge_peers};

/// Loads and checks a schema as a server serves it: with the protocol's own commands, which the runtime answers, unless
/// the schema defines them itself.
///
/// Code generation, introspection and comparison start here, since they concern the schema's server. Tools that concern
/// only the files start at [`schema::load`], which adds nothing. Nothing is added to the schema of a guest agent, since
/// its dialect has no such commands.
///
/// # Errors
///
/// Everything that is wrong with the schema, warnings included.
pub fn load(loader: &dyn Loader, root: &Path, reading: &schema::Options) -> Result<Loaded, Failure> {
    let loaded = schema::load(loader, root, reading)?;
    // The protocol's modules join as included files, so the schema is parsed and checked once more with them.
    if protocol::lacks(&loaded.schema)
        && let Ok(loader) = WithProtocol::new(loader, root, &loaded.schema)
    {
        return schema::load(&loader, root, reading);
    }
    Ok(loaded)
}

/// The newest version that the documentation of a schema names. That of commands which were added tells nothing of it.
pub fn newest_version(schema: &Schema) -> Option<Version> {
    Version::newest(protocol::own(schema))
}

/// Loads and checks a schema, and generates its Rust code.
///
/// # Errors
///
/// Everything that is wrong with the schema or with an option, warnings included.
pub fn compile(
    loader: &dyn Loader,
    root: &Path,
    reading: &schema::Options,
    options: &rust::Options,
) -> Result<Generated, Failure> {
    let (Loaded { schema, mut warnings }, options) = prepare(loader, root, reading, options)?;
    warnings.append(schema.unused_defines(&options.defines));
    match rust::generate(&schema, &options) {
        Ok(text) => {
            warnings.sort();
            let check_cfgs = rust::check_cfgs(&schema, &options);
            Ok(Generated { text, check_cfgs, diagnostics: warnings, sources: schema.sources })
        }
        Err(mut diagnostics) => {
            diagnostics.append(warnings);
            diagnostics.sort();
            Err(Failure { diagnostics, sources: schema.sources })
        }
    }
}

/// Loads and checks a schema, and lists the items of its Rust code for tools that write code against them.
///
/// # Errors
///
/// Those of [`compile`].
pub fn outline(
    loader: &dyn Loader,
    root: &Path,
    reading: &schema::Options,
    options: &rust::Options,
) -> Result<rust::Outline, Failure> {
    let (Loaded { schema, .. }, options) = prepare(loader, root, reading, options)?;
    rust::outline(&schema, &options).map_err(|diagnostics| Failure { diagnostics, sources: schema.sources })
}

/// Loads and checks a schema for code generation, and completes the caller's options.
fn prepare(
    loader: &dyn Loader,
    root: &Path,
    reading: &schema::Options,
    options: &rust::Options,
) -> Result<(Loaded, rust::Options), Failure> {
    let mut options = options.clone();
    let loaded = if options.protocol {
        protocol::preset(&mut options);
        load(loader, root, reading)?
    } else {
        schema::load(loader, root, reading)?
    };
    Ok((loaded, options))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::loader::MemoryLoader;
    use std::cell::RefCell;
    use std::io;
    use std::path::PathBuf;

    /// Notes the files that are read.
    struct Noting {
        inner: MemoryLoader,
        read: RefCell<Vec<PathBuf>>,
    }

    impl Loader for Noting {
        fn identity(&self, path: &Path) -> io::Result<PathBuf> {
            self.inner.identity(path)
        }

        fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
            let bytes = self.inner.read(path)?;
            self.read.borrow_mut().push(path.to_owned());
            Ok(bytes)
        }
    }

    #[test]
    fn each_file_is_read_once_although_the_protocol_is_added() {
        let inner = MemoryLoader::new()
            .file("/tree/VERSION", "7.2.0\n")
            .file("/tree/qapi/qapi-schema.json", "{ 'include': 'part.json' }{ 'command': 'hello' }")
            .file("/tree/qapi/part.json", "{ 'event': 'BEGUN' }\r");
        let loader = Noting { inner, read: RefCell::default() };
        let root = Path::new("/tree/qapi/qapi-schema.json");
        let Ok(loaded) = load(&loader, root, &schema::Options::default()) else { panic!("it is right") };
        assert!(loaded.schema.definitions.iter().any(|it| it.name == "query-qmp-schema"));
        assert_eq!(loaded.schema.language, Language::V7_2);
        let mut read = loader.read.into_inner();
        read.sort();
        assert_eq!(
            read,
            ["/tree/qapi/../VERSION", "/tree/qapi/part.json", "/tree/qapi/qapi-schema.json"]
                .map(PathBuf::from)
        );
    }
}
