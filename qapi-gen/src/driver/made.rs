//! Checks a schema that was made from other files and is not written yet.

use super::load;
use crate::compose::File;
use crate::language::Language;
use crate::loader::MemoryLoader;
use crate::schema::{Failure, Loaded, Options};
use std::path::Path;

/// Loads a made schema, the root first.
///
/// # Errors
///
/// What it was made from describes something that the schema language does not allow.
pub fn load_made(files: &[File]) -> Result<Loaded, Failure> {
    let loader =
        files.iter().fold(MemoryLoader::new(), |loader, file| loader.file(&file.path, file.text.as_str()));
    let root = files.first().map_or(Path::new(""), |file| Path::new(&file.path));
    load(&loader, root, &Options { language: Some(Language::Any) })
}
