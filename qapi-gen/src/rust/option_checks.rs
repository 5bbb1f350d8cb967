//! Checks options against the schema. An override that matches nothing is an error.

mod decided;
mod only;
mod texts;

pub(super) use decided::check as check_decided;

use super::options::{Conditions, Options, option_error};
use crate::diagnostic::{Code, Diagnostics};
use crate::schema::{DefinitionKind, Schema};
use std::collections::BTreeSet;

/// Reports names that the schema lacks, and texts that are not Rust.
pub(super) fn check(schema: &Schema, options: &Options) -> Result<(), Diagnostics> {
    let mut found = Diagnostics::new();
    check_names(schema, options, &mut found);
    check_texts(options, &mut found);
    check_client(options, &mut found);
    if found.is_empty() { Ok(()) } else { Err(found) }
}

fn check_names(schema: &Schema, options: &Options, found: &mut Diagnostics) {
    let all: BTreeSet<&str> = schema.definitions.iter().map(|definition| &definition.name[..]).collect();
    let is_type =
        |kind: &DefinitionKind| !matches!(kind, DefinitionKind::Command(_) | DefinitionKind::Event(_));
    let types = schema.definitions.iter().filter(|definition| is_type(&definition.kind));
    let types: BTreeSet<&str> = types.map(|definition| &definition.name[..]).collect();
    let commands = schema.definitions.iter().filter(|it| matches!(it.kind, DefinitionKind::Command(_)));
    let commands: BTreeSet<&str> = commands.map(|definition| &definition.name[..]).collect();
    let open = schema.definitions.iter().filter(|definition| may_be_open(&definition.kind));
    let open: BTreeSet<&str> = open.map(|definition| &definition.name[..]).collect();
    let mut check = |option: &str, name: &str, known: &BTreeSet<&str>, what: &str| {
        if !known.contains(name) {
            let message = format!("the schema has no {what} '{name}'");
            found.push(option_error(Code::RustUnknownName, option, message));
        }
    };
    options.extern_types.keys().for_each(|name| check("extern_type", name, &types, "type"));
    options.blocking.iter().for_each(|name| check("blocking", name, &commands, "command"));
    let closed = options.closed.iter().filter(|name| *name != "*");
    closed.for_each(|name| check("closed", name, &open, "enum, union or alternate"));
    for (option, pairs) in [("type_attribute", &options.type_attributes), ("derive", &options.derives)] {
        let names = pairs.iter().map(|(name, _)| name).filter(|name| *name != "*");
        names.for_each(|name| check(option, name, &all, "definition"));
    }
}

/// Whether the type can be open: an enum, a union or an alternate.
fn may_be_open(kind: &DefinitionKind) -> bool {
    matches!(kind, DefinitionKind::Enum(_) | DefinitionKind::Union(_) | DefinitionKind::Alternate(_))
}

fn check_texts(options: &Options, found: &mut Diagnostics) {
    let mut check = |option: &str, text: &str, what: &str, is_rust: bool| {
        if !is_rust {
            found.push(option_error(Code::RustOption, option, format!("`{text}` is not {what}")));
        }
    };
    let path = &options.runtime_path;
    check("runtime_path", path, "an absolute path of Rust", is_absolute_path(path));
    for module in &options.extern_modules {
        check("extern_module", &module.path, "an absolute path of Rust", is_absolute_path(&module.path));
    }
    for path in options.extern_types.values() {
        // Not only absolute paths: a primitive type such as `u64` has none.
        check("extern_type", path, "a path of Rust", texts::is_type(path));
    }
    for (_, attribute) in &options.type_attributes {
        check("type_attribute", attribute, "an attribute, as `#[name]`", texts::are_attributes(attribute));
    }
    for (_, derive) in &options.derives {
        check("derive", derive, "the path of a macro", texts::is_path(derive));
    }
    if let Conditions::Cfg { predicates } = &options.conditions {
        for (define, predicate) in predicates {
            let is_predicate = texts::is_meta(predicate) || matches!(&predicate[..], "true" | "false");
            check("condition_cfg", predicate, &format!("a predicate of `cfg`, for '{define}'"), is_predicate);
        }
    }
}

/// Some options are for clients alone. Code for all builds is one: a server is one build, and the defines say which.
fn check_client(options: &Options, found: &mut Diagnostics) {
    let mut check = |option: &str, right: bool, message: &str| {
        if !right {
            found.push(option_error(Code::RustOption, option, message.to_owned()));
        }
    };
    check(
        "tolerant_replies",
        !options.tolerant_replies || options.client,
        "only a client has replies to decode",
    );
    if options.conditions != Conditions::All {
        return;
    }
    check(
        "conditions",
        options.client,
        "all conditions hold for a client only, which meets any build of a server",
    );
    check("define", options.defines.is_empty(), "defines are of no use where all conditions hold");
}

/// Whether the path has the same meaning everywhere in the generated code.
fn is_absolute_path(text: &str) -> bool {
    let roots = ["::", "crate", "super", "self", "$crate"];
    roots.iter().any(|root| text.starts_with(root)) && texts::is_path(text.trim_start_matches('$'))
}
