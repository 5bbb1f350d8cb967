//! Verdicts on small schemas, one file for each matter.
#![cfg(feature = "compat")]

mod command_line;
mod conditions;
mod documentation;
mod marks;
mod reaches;
mod releases;
mod unions;

use qapi_gen::stages::compat::{Change, compare};
use qapi_gen::stages::loader::MemoryLoader;
use qapi_gen::stages::schema::{self, Options, Schema};
use qapi_gen::stages::wire::Wire;

fn wire(text: &str) -> Wire {
    Wire::from_schema(&load(text))
}

fn load(text: &str) -> Schema {
    let loader = MemoryLoader::new().file("schema.json", text);
    match schema::load(&loader, "schema.json", &Options::default()) {
        Ok(loaded) => loaded.schema,
        Err(failure) => panic!("{}", failure.diagnostics.to_human(&failure.sources)),
    }
}

/// `verdict kind direction path` of each change.
fn lines(old: &str, new: &str) -> Vec<String> {
    compare(&wire(old), &wire(new)).iter().map(line).collect()
}

fn line(change: &Change) -> String {
    format!("{} {} {} {}", change.verdict, change.kind, change.direction, change.path)
}
