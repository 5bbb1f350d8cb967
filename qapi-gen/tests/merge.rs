//! Merged schemas: what any of the peers sends decodes, what any of them takes can be sent.

#[path = "import/random.rs"]
mod random;
#[path = "merge/rules.rs"]
mod rules;

use proptest::prelude::*;
use qapi_gen::stages::compose::{File, Layout};
use qapi_gen::stages::loader::{DiskLoader, MemoryLoader};
use qapi_gen::stages::merge::{Conflict, MergeError, Merged, Preferences, Side, merge};
use qapi_gen::stages::schema::{self, Options, Schema};
use qapi_gen::stages::wire::{Reader, Samples, Wire};
use std::path::{Path, PathBuf};

fn load(files: &[File]) -> Schema {
    let loader =
        files.iter().fold(MemoryLoader::new(), |loader, file| loader.file(&file.path, file.text.as_str()));
    let loaded = schema::load(&loader, Path::new("qapi-schema.json"), &Options::default());
    loaded.unwrap_or_else(|failure| panic!("{}", failure.diagnostics.to_human(&failure.sources))).schema
}

fn parse(text: &str) -> Schema {
    load(&[File { path: "qapi-schema.json".to_owned(), text: text.to_owned() }])
}

/// Merges, with no preference.
fn merged(sides: &[(&str, &Schema)]) -> Result<Merged, MergeError> {
    merged_with(sides, &Preferences::new())
}

fn merged_with(sides: &[(&str, &Schema)], preferences: &Preferences) -> Result<Merged, MergeError> {
    let sides: Vec<Side<'_>> = sides.iter().map(|&(label, schema)| Side { label, schema }).collect();
    let single = merge(&sides, preferences, Layout::Single)?;
    let modules = merge(&sides, preferences, Layout::Modules)?;
    assert_eq!(single.summary, modules.summary);
    load(&modules.files);
    Ok(single)
}

/// Checks both laws for one side, with `count` values of each command and event. Returns how many values there were.
fn assert_laws(side: &Schema, merged: &Schema, count: usize, seed: u64) -> usize {
    let (side, merged) = (Wire::from_schema(side), Wire::from_schema(merged));
    let mut samples = Samples::new(&side, seed);
    let mut total = 0;
    let mut check = |what: &str, ty, in_merged, reader| {
        for _ in 0..count {
            let value = samples.value(ty);
            if let Err(reason) = merged.admits(in_merged, &value, reader) {
                panic!("{what}: {reason} in {value}");
            }
            total += 1;
        }
    };
    for (name, command) in &side.commands {
        let joined = &merged.commands[name];
        check(name, command.arguments, joined.arguments, Reader::Server);
        check(name, command.returns, joined.returns, Reader::Client);
    }
    for (name, event) in &side.events {
        check(name, event.data, merged.events[name].data, Reader::Client);
    }
    total
}

/// QEMU's schemas, by version.
fn qemu(data: &Path) -> Vec<(String, Schema)> {
    let folders = std::fs::read_dir(data).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut roots: Vec<PathBuf> = folders.map(|folder| folder.join("qapi/qapi-schema.json")).collect();
    roots.retain(|root| root.exists());
    roots.sort();
    let load = |root: &PathBuf| {
        let loaded = schema::load(&DiskLoader, root, &Options::default());
        let folder = root.ancestors().nth(2).and_then(Path::file_name).expect("a folder").to_string_lossy();
        (folder.replace("qemu-", ""), loaded.expect("QEMU's schema is accepted").schema)
    };
    roots.iter().map(load).collect()
}

#[test]
fn qemu_of_any_version_is_understood() {
    let Some(data) = qapi_test_support::conformance_data(".") else { return };
    let schemas = qemu(&data);
    if schemas.len() < 2 {
        return qapi_test_support::skipped("merging versions of QEMU", "the data has no two of them");
    }
    let sides: Vec<(&str, &Schema)> = schemas.iter().map(|(label, schema)| (&**label, schema)).collect();
    let merged = merged(&sides).unwrap_or_else(|error| panic!("{error}"));
    let joined = load(&merged.files);
    for (label, schema) in &schemas {
        let count = assert_laws(schema, &joined, 20, 20_261_124);
        eprintln!("merged with {} others, {label}: {count} values", schemas.len() - 1);
    }
    // Merged with itself, a schema stays the same.
    let (_, newest) = sides.last().expect("there are two");
    let again = merge_alone(newest);
    assert_eq!(merge_alone(&load(&again)), again);
}

fn merge_alone(schema: &Schema) -> Vec<File> {
    merged(&[("a", schema), ("b", schema)]).unwrap_or_else(|error| panic!("{error}")).files
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_peers_are_understood(old in random::schema(), new in random::schema(), seed: u64) {
        let (old, new) = (parse(&old), parse(&new));
        let sides = [("old", &old), ("new", &new)];
        let mut preferences = Preferences::new();
        // Each round decides the conflicts of the one before. A decision can uncover others, in types below it.
        let files = loop {
            match merged_with(&sides, &preferences) {
                Ok(merged) => break merged.files,
                Err(MergeError::Conflicts(conflicts)) => {
                    for Conflict { place, .. } in conflicts {
                        let again = preferences.insert(place, "new".to_owned());
                        prop_assert!(again.is_none(), "a decision is followed");
                    }
                }
                Err(error) => panic!("{error}"),
            }
        };
        let joined = load(&files);
        assert_laws(&new, &joined, 4, seed);
        if preferences.is_empty() {
            assert_laws(&old, &joined, 4, seed);
        }
    }
}
