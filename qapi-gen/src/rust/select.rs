//! What of a schema is generated, and where: the graphs of the schema, and the options that name parts of it.

use super::context::{Home, option_error};
use super::graph::Graph;
use super::options::{ExternModule, Options};
use super::{names, spelling};
use crate::diagnostic::{Code, Diagnostics};
use crate::schema::{Arguments, Base, DefId, DefinitionKind, Member, Schema, Type, TypeName};
use std::collections::BTreeMap;

/// Which definition holds which by value: arrays do not.
pub(super) fn containment(schema: &Schema) -> Graph {
    graph(schema, |ty| match ty {
        Type::Plain(TypeName::Defined(id)) => Some(id),
        _ => None,
    })
}

/// Which definition refers to which at all.
pub(super) fn references(schema: &Schema) -> Graph {
    graph(schema, Type::defined)
}

fn graph(schema: &Schema, target: impl Fn(Type) -> Option<DefId>) -> Graph {
    let mut graph = Graph::new(schema.definitions.len());
    for (from, definition) in schema.definitions.iter().enumerate() {
        let mut edge = |id: Option<DefId>| {
            if let Some(id) = id {
                graph.edge(from, id.0 as usize);
            }
        };
        let mut members = |list: &[Member]| list.iter().for_each(|member| edge(target(member.ty)));
        match &definition.kind {
            DefinitionKind::Enum(_) => {}
            DefinitionKind::Struct(value) => {
                members(&value.members);
                edge(value.base);
            }
            DefinitionKind::Union(value) => {
                match &value.base {
                    Base::Named(base) => edge(Some(*base)),
                    Base::Inline(list) => members(list),
                }
                value.branches.iter().for_each(|branch| edge(Some(branch.ty)));
            }
            DefinitionKind::Alternate(value) => value.alternatives.iter().for_each(|it| edge(target(it.ty))),
            DefinitionKind::Command(value) => {
                edge(value.arguments.whole());
                edge(value.returns.and_then(&target));
                if let Arguments::Inline(list) = &value.arguments {
                    list.iter().for_each(|member| edge(target(member.ty)));
                }
            }
            DefinitionKind::Event(value) => {
                edge(value.data.whole());
                if let Arguments::Inline(list) = &value.data {
                    list.iter().for_each(|member| edge(target(member.ty)));
                }
            }
        }
    }
    graph
}

/// Where what is generated starts: everything, or the commands and events of `only`.
pub(super) fn roots(schema: &Schema, options: &Options) -> Result<Vec<usize>, Diagnostics> {
    let Some(only) = &options.only else { return Ok((0..schema.definitions.len()).collect()) };
    let mut roots = Vec::new();
    let mut unknown: Vec<&String> = only.iter().collect();
    for (id, definition) in schema.definitions.iter().enumerate() {
        let is_root = matches!(definition.kind, DefinitionKind::Command(_) | DefinitionKind::Event(_));
        let before = unknown.len();
        if is_root {
            unknown.retain(|name| **name != definition.name);
        }
        // The session answers its own commands whatever a program is made for.
        if unknown.len() < before || is_root && options.served.contains(&definition.name) {
            roots.push(id);
        }
    }
    let missing = |name: &String| {
        let message = format!("the schema has no command or event '{name}'");
        option_error(Code::RustUnknownName, "only", message)
    };
    if unknown.is_empty() { Ok(roots) } else { Err(unknown.into_iter().map(missing).collect()) }
}

/// What a client receives: returns and event data. Nothing when no client is generated.
pub(super) fn received_roots(schema: &Schema, options: &Options) -> Vec<usize> {
    if !options.client {
        return Vec::new();
    }
    let received =
        schema.definitions.iter().enumerate().flat_map(|(id, definition)| match &definition.kind {
            DefinitionKind::Command(command) => {
                command.returns.and_then(Type::defined).map(|id| id.0 as usize)
            }
            DefinitionKind::Event(_) => Some(id),
            _ => None,
        });
    received.collect()
}

/// What a client sends: the types of arguments.
pub(super) fn sent_roots(schema: &Schema) -> Vec<usize> {
    let mut roots = Vec::new();
    for definition in &schema.definitions {
        if let DefinitionKind::Command(command) = &definition.kind {
            roots.extend(command.arguments.whole());
            if let Arguments::Inline(members) = &command.arguments {
                roots.extend(members.iter().filter_map(|member| member.ty.defined()));
            }
        }
    }
    roots.into_iter().map(|id| id.0 as usize).collect()
}

/// Where each module is.
pub(super) fn homes(
    schema: &Schema,
    options: &Options,
    fingerprints: &[u64],
) -> Result<Vec<Home>, Diagnostics> {
    let mut errors = Diagnostics::new();
    let mut elsewhere: BTreeMap<usize, &str> = BTreeMap::new();
    for extern_module in &options.extern_modules {
        let ExternModule { file, path, fingerprint, preset } = extern_module;
        let found = schema.modules.iter().position(|module| is_file(&module.name, file));
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
    let home = |(id, name): (usize, String)| match elsewhere.get(&id) {
        Some(path) => Home::Elsewhere((*path).to_owned()),
        None => Home::Here(names::ident(&name).to_string()),
    };
    Ok(module_names(schema).into_iter().enumerate().map(home).collect())
}

/// The name of each module: its file's, and where files in several folders have that, those of the folders too.
fn module_names(schema: &Schema) -> Vec<String> {
    let files: Vec<&str> = schema.modules.iter().map(|module| &module.name[..]).collect();
    // The root has modules of its own beside those of the schema.
    let free = |name: String| if RESERVED.contains(&&name[..]) { name + "_" } else { name };
    let stem = |file: &str| free(names::module(file));
    let with_folders = |file: &str| free(names::module_with_folders(file));
    let mut names: Vec<String> = files.iter().map(|file| stem(file)).collect();
    for (at, name) in spelling::spell(&files, &[&stem, &with_folders, &names::distinct]) {
        names[at] = name;
    }
    names
}

/// Modules that the generated code has at its root.
const RESERVED: &[&str] = &["command", "event", super::emit::ROOT];

fn is_file(module: &str, file: &str) -> bool {
    module == file || module.strip_suffix(file).is_some_and(|folder| folder.ends_with('/'))
}
