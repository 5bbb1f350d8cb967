//! Checks of what options say about a schema: an override that matches nothing is an error, not nothing.

mod decided;

pub(super) use decided::check as check_decided;

use super::options::{Conditions, Options, option_error};
use crate::diagnostic::{Code, Diagnostics};
use crate::schema::{DefinitionKind, Schema};
use std::collections::BTreeSet;
use syn::Attribute;
use syn::parse::Parser;

/// Finds names that the schema lacks, and texts that are not Rust.
pub(super) fn check(schema: &Schema, options: &Options) -> Result<(), Diagnostics> {
    let mut found = Diagnostics::new();
    check_names(schema, options, &mut found);
    check_texts(options, &mut found);
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

/// Whether values of a newer schema make a difference to the type.
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
        // A type of the language has no path: `u64` for a struct of the schema is as good as any.
        check("extern_type", path, "a path of Rust", syn::parse_str::<syn::TypePath>(path).is_ok());
    }
    for (_, attribute) in &options.type_attributes {
        let read = Attribute::parse_outer.parse_str(attribute);
        check(
            "type_attribute",
            attribute,
            "an attribute, as `#[name]`",
            read.is_ok_and(|all| !all.is_empty()),
        );
    }
    for (_, derive) in &options.derives {
        check("derive", derive, "the path of a macro", syn::parse_str::<syn::Path>(derive).is_ok());
    }
    if let Conditions::Cfg { predicates } = &options.conditions {
        for (define, predicate) in predicates {
            let is_predicate =
                syn::parse_str::<syn::Meta>(predicate).is_ok() || matches!(&predicate[..], "true" | "false");
            check("condition_cfg", predicate, &format!("a predicate of `cfg`, for '{define}'"), is_predicate);
        }
    }
}

/// Whether it means the same wherever it stands in generated code.
fn is_absolute_path(text: &str) -> bool {
    let roots = ["::", "crate", "super", "self", "$crate"];
    roots.iter().any(|root| text.starts_with(root))
        && syn::parse_str::<syn::Path>(text.trim_start_matches('$')).is_ok()
}
