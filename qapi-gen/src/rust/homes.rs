//! Maps each schema module to its module in the generated code, by file names and by the options for modules that are
//! generated elsewhere.

use super::apart::apart;
use super::names;
use super::options::{ExternModule, Options, option_error};
use super::place::{Home, ROOT};
use crate::diagnostic::{Code, Diagnostics};
use crate::ids::IdVec;
use crate::schema::{ModuleId, Schema};
use std::collections::BTreeMap;

/// The home of each module.
pub(super) fn find(
    schema: &Schema,
    options: &Options,
    fingerprints: &IdVec<ModuleId, u64>,
) -> Result<IdVec<ModuleId, Home>, Diagnostics> {
    let mut errors = Diagnostics::new();
    let mut elsewhere: BTreeMap<ModuleId, &str> = BTreeMap::new();
    for extern_module in &options.extern_modules {
        let ExternModule { file, path, fingerprint, preset } = extern_module;
        let found = schema.modules.find(|module| is_file(&module.name, file));
        let Some(module) = found else {
            if !preset {
                let message = format!("the schema includes no file '{file}'");
                errors.push(option_error(Code::RustUnknownName, "extern_module", message));
            }
            continue;
        };
        if fingerprint.is_none_or(|expected| expected == fingerprints[module]) {
            elsewhere.insert(module, path);
        } else if !preset {
            let message = format!("'{file}' is not the schema that '{path}' was generated from");
            errors.push(option_error(Code::RustExternMismatch, "extern_module", message));
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let names = module_names(schema);
    Ok(schema.modules.map(|id| match elsewhere.get(&id) {
        Some(path) => Home::Elsewhere((*path).to_owned()),
        None => Home::Here(names::ident(&names[id]).to_string()),
    }))
}

/// The name of each module: its file's, with its folders' if files in several folders share it.
fn module_names(schema: &Schema) -> IdVec<ModuleId, String> {
    let files: Vec<&str> = schema.modules.iter().map(|module| &module.name[..]).collect();
    // The names of the root's own modules are taken.
    let free = |name: String| if RESERVED.contains(&&name[..]) { name + "_" } else { name };
    let stem = |file: &str| free(names::module(file));
    let with_folders = |file: &str| free(names::module_with_folders(file));
    let mut names: Vec<String> = files.iter().map(|file| stem(file)).collect();
    for (at, name) in apart(&files, &[&stem, &with_folders, &names::distinct]) {
        names[at] = name;
    }
    names.into_iter().collect()
}

/// Modules that the generated code has at its root.
const RESERVED: &[&str] = &["command", "event", ROOT];

fn is_file(module: &str, file: &str) -> bool {
    module == file || module.strip_suffix(file).is_some_and(|folder| folder.ends_with('/'))
}
