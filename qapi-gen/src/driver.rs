//! The way through the compiler, which every front end takes.

use crate::diagnostic::Diagnostics;
use crate::loader::Loader;
use crate::protocol::{self, WithProtocol};
use crate::rust;
use crate::schema::{self, Failure, Loaded};
use crate::source::Sources;
use std::path::Path;

/// What a schema was compiled to.
#[derive(Debug)]
pub struct Compiled {
    /// The Rust code.
    pub text: String,
    /// What to tell rustc of cfgs that the code asks for, as in `cfg(CONFIG_LINUX)`.
    pub check_cfgs: Vec<String>,
    /// What the schema's author should know.
    pub warnings: Diagnostics,
    /// The files that were read.
    pub sources: Sources,
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
) -> Result<Compiled, Failure> {
    let mut options = options.clone();
    let mut loaded = schema::load(loader, root, reading)?;
    if options.protocol {
        protocol::preset(&mut options);
        if protocol::lacks(&loaded.schema)
            && let Ok(loader) = WithProtocol::new(loader, root)
        {
            loaded = schema::load(&loader, root, reading)?;
        }
    }
    let Loaded { schema, mut warnings } = loaded;
    warnings.append(schema.unused_defines(&options.defines));
    match rust::generate(&schema, &options) {
        Ok(generated) => {
            warnings.append(generated.warnings);
            warnings.sort();
            Ok(Compiled {
                text: generated.text,
                check_cfgs: generated.check_cfgs,
                warnings,
                sources: schema.sources,
            })
        }
        Err(mut diagnostics) => {
            diagnostics.append(warnings);
            diagnostics.sort();
            Err(Failure { diagnostics, sources: schema.sources })
        }
    }
}
