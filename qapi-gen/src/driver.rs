//! The way through the compiler, which every front end takes.

use crate::generated::Generated;
use crate::loader::Loader;
use crate::protocol::{self, WithProtocol};
use crate::rust;
use crate::schema::{self, Failure, Loaded};
use std::path::Path;

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
) -> Result<Generated, Failure> {
    let mut options = options.clone();
    let Loaded { schema, mut warnings } = if options.protocol {
        protocol::preset(&mut options);
        load(loader, root, reading)?
    } else {
        schema::load(loader, root, reading)?
    };
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
