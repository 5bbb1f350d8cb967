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

/// Loads and checks a schema as a server serves it: with the protocol's own commands, which the runtime answers, where the
/// schema does not define them itself.
///
/// What says something about a server of a schema starts here: the generated code, introspection, a comparison. What is
/// about the files alone starts at [`schema::load`], which adds nothing. The schema of a guest agent gets nothing either,
/// since its dialect has no such commands.
///
/// # Errors
///
/// Everything that is wrong with the schema, warnings included.
pub fn load(loader: &dyn Loader, root: &Path, reading: &schema::Options) -> Result<Loaded, Failure> {
    let loaded = schema::load(loader, root, reading)?;
    if protocol::lacks(&loaded.schema)
        && let Ok(loader) = WithProtocol::new(loader, root, &loaded.schema)
    {
        return schema::load(&loader, root, reading);
    }
    Ok(loaded)
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
    let Loaded { schema, mut warnings } = if options.protocol {
        protocol::preset(&mut options);
        load(loader, root, reading)?
    } else {
        schema::load(loader, root, reading)?
    };
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
