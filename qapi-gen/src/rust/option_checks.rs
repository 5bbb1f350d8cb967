//! Checks of what options say about a schema: an override that matches nothing is an error, not nothing.

use super::context::option_error;
use super::options::{Conditions, Options};
use crate::diagnostic::{Code, Diagnostics};
use crate::schema::{DefinitionKind, Schema};
use proc_macro2::TokenStream;
use std::collections::BTreeSet;

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
    let mut check = |option: &str, name: &str, known: &BTreeSet<&str>, what: &str| {
        if name != "*" && !known.contains(name) {
            let message = format!("the schema has no {what} '{name}'");
            found.push(option_error(Code::RustUnknownName, option, message));
        }
    };
    options.extern_types.keys().for_each(|name| check("extern_type", name, &types, "type"));
    options.type_attributes.iter().for_each(|(name, _)| check("type_attribute", name, &all, "definition"));
    options.derives.iter().for_each(|(name, _)| check("derive", name, &all, "definition"));
}

fn check_texts(options: &Options, found: &mut Diagnostics) {
    let mut check = |option: &str, text: &str, what: &str, start: &[&str]| {
        let starts = start.is_empty() || start.iter().any(|start| text.starts_with(start));
        let is_rust = text.parse::<TokenStream>().is_ok_and(|tokens| !tokens.is_empty());
        if !starts || !is_rust {
            found.push(option_error(Code::RustOption, option, format!("`{text}` is not {what}")));
        }
    };
    let roots = ["::", "crate", "super", "self", "$crate"];
    check("runtime_path", &options.runtime_path, "an absolute path of Rust", &roots);
    for module in &options.extern_modules {
        check("extern_module", &module.path, "an absolute path of Rust", &roots);
    }
    for path in options.extern_types.values() {
        // A type of the language has no path: `u64` for a struct of the schema is as good as any.
        check("extern_type", path, "a path of Rust", &[]);
    }
    for (_, attribute) in &options.type_attributes {
        check("type_attribute", attribute, "an attribute, as `#[name]`", &["#["]);
    }
    for (_, derive) in &options.derives {
        check("derive", derive, "the path of a macro", &[]);
    }
    if let Conditions::Cfg { predicates } = &options.conditions {
        for (define, predicate) in predicates {
            check("condition_cfg", predicate, &format!("a predicate of `cfg`, for '{define}'"), &[]);
        }
    }
}
