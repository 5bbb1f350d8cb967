//! Generating from a schema in a string.

use qapi_gen::stages::loader::MemoryLoader;
use qapi_gen::stages::rust::{self, Options};
use qapi_gen::stages::schema::{self, Schema};
use std::path::Path;

/// The checked schema of one file.
pub(crate) fn load(schema: &str) -> Schema {
    load_files(&[("example.json", schema)])
}

/// The checked schema of several files, the root first.
pub(crate) fn load_files(files: &[(&str, &str)]) -> Schema {
    let loader = files.iter().fold(MemoryLoader::new(), |loader, (path, text)| loader.file(path, *text));
    match schema::load(&loader, Path::new(files[0].0), &schema::Options::default()) {
        Ok(loaded) => loaded.schema,
        Err(failure) => panic!("{}", failure.diagnostics.to_human(&failure.sources)),
    }
}

/// The code for one file, with everything as it is by default.
#[allow(dead_code)]
pub(crate) fn generate(schema: &str) -> String {
    generate_with(schema, &Options::default())
}

/// The code for one file.
#[allow(dead_code)]
pub(crate) fn generate_with(schema: &str, options: &Options) -> String {
    let schema = load(schema);
    match rust::generate(&schema, options) {
        Ok(text) => text,
        Err(diagnostics) => panic!("{}", diagnostics.to_human(&schema.sources)),
    }
}

/// Why there is no code for these files.
#[allow(dead_code)]
pub(crate) fn refused(schema: &Schema, options: &Options) -> String {
    match rust::generate(schema, options) {
        Ok(text) => panic!("accepted: {text}"),
        Err(mut diagnostics) => {
            diagnostics.sort();
            diagnostics.to_human(&schema.sources)
        }
    }
}
