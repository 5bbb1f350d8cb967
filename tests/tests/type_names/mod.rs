//! Names of types in place of their numbers in the introspection of generated code.
//!
//! Types are numbered in the order of their first use, so one new member changes the numbers of many types. In a
//! snapshot the names of the schema show only what has changed.

use qapi_gen::stages::introspect::{Introspection, Names};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema;
use std::collections::BTreeMap;
use std::path::Path;

/// What precedes the number of a type in the text of an entry, itself in a Rust string.
const BEFORE: [&str; 5] = ["type", "arg-type", "ret-type", "element-type", "name"];

/// The generated code of the schema `root`, with names in place of numbers.
pub(crate) fn named(text: &str, root: &Path) -> String {
    let names = names(root);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\\": \\\"") {
        let (before, after) = rest.split_at(at + 6);
        out.push_str(before);
        rest = after;
        let Some((value, behind)) = after.split_once("\\\"") else { break };
        let key = before[..at].rsplit('"').next().unwrap_or_default();
        // The name of a value may be a number; the name of a type precedes its kind.
        let is_type = BEFORE.contains(&key) && (key != "name" || behind.starts_with(", \\\"meta-type"));
        if let Some(name) = names.get(value).filter(|_| is_type) {
            out.push_str(name);
            rest = &after[value.len()..];
        }
    }
    out + rest
}

/// The number of each type, or of an array of it, and the name.
fn names(root: &Path) -> BTreeMap<String, String> {
    let loaded = qapi_gen::stages::load(&DiskLoader, root, &schema::Options::default());
    let schema = loaded.unwrap_or_else(|error| panic!("{}: {error:?}", root.display())).schema;
    let entries = |names| Introspection::new(&schema, names).entries.into_iter().map(|entry| entry.name);
    entries(Names::Masked).zip(entries(Names::Unmasked)).filter(|(number, name)| number != name).collect()
}
