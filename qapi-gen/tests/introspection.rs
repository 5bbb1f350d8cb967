//! Introspection of QEMU's whole schema against what a real QEMU answers.

use qapi_gen::stages::introspect::{Introspection, Names};
use qapi_gen::stages::loader::{DiskLoader, MemoryLoader};
use qapi_gen::stages::schema::{self, Options};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn equals_what_qemu_answers() {
    let Some(qemu) = qapi_test_support::conformance_data("qemu-10.0.2") else { return };
    let loaded = schema::load(&DiskLoader, qemu.join("qapi/qapi-schema.json"), &Options::default());
    let schema = loaded.expect("QEMU's schema is accepted").schema;
    let config = std::fs::read_to_string(qemu.join("introspect/x86_64.config")).expect("a config");
    let defines: BTreeSet<String> = config.lines().map(str::to_owned).collect();
    let ours = Introspection::new(&schema, Names::Masked).decide(&defines).to_json();
    let ours: Vec<Value> = serde_json::from_str(&ours).expect("valid JSON");
    let theirs = std::fs::read(qemu.join("introspect/x86_64.json")).expect("an answer");
    let theirs: Vec<Value> = serde_json::from_slice(&theirs).expect("valid JSON");
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours.len(), theirs.len());
}

const SCHEMA: &str = "
{ 'enum': 'En', 'data': [ 'a', { 'name': 'b', 'if': 'B', 'features': [ 'deprecated' ] } ] }
{ 'struct': 'St', 'data': { 'e': 'En', '*n': { 'type': ['uint8'], 'if': { 'not': 'B' } } } }
{ 'command': 'c', 'data': { 's': 'St' }, 'returns': [ 'St' ], 'allow-oob': true, 'features': [ 'unstable' ] }
{ 'event': 'X', 'if': 'B' }
";

fn introspect(defines: &[&str], names: Names) -> String {
    let loader = MemoryLoader::new().file("test.json", SCHEMA);
    let schema = schema::load(&loader, Path::new("test.json"), &Options::default());
    let schema = schema.expect("the schema is right").schema;
    let defines = defines.iter().map(|&name| name.to_owned()).collect();
    Introspection::new(&schema, names).decide(&defines).to_json()
}

#[test]
fn snapshots_number_types_before_conditions() {
    insta::assert_snapshot!("masked_without", introspect(&[], Names::Masked));
    insta::assert_snapshot!("masked_with", introspect(&["B"], Names::Masked));
    insta::assert_snapshot!("unmasked", introspect(&["B"], Names::Unmasked));
}

#[test]
fn a_selection_brings_along_only_what_it_reaches() {
    let loader = MemoryLoader::new().file("test.json", SCHEMA);
    let schema = schema::load(&loader, Path::new("test.json"), &Options::default());
    let schema = schema.expect("the schema is right").schema;
    let of = |wanted: &str| {
        let names = Introspection::of(&schema, Names::Unmasked, |id| schema.definition(id).name == wanted);
        names.entries.into_iter().map(|entry| entry.name).collect::<Vec<_>>()
    };
    assert_eq!(of("X"), ["X", "q_empty"]);
    assert_eq!(of("c"), ["c", "q_obj_c-arg", "[St]", "St", "En", "[int]", "int"]);
    assert!(of("En").is_empty());
}

#[test]
fn a_list_of_features_stays_when_no_condition_in_it_holds() {
    let text = "{ 'command': 'c', 'features': [ { 'name': 'one', 'if': 'NEVER' } ], 'data': {
        'a': { 'type': 'str', 'features': [ { 'name': 'two', 'if': 'NEVER' } ] }, 'b': 'str' } }";
    let loader = MemoryLoader::new().file("test.json", text);
    let schema = schema::load(&loader, Path::new("test.json"), &Options::default());
    let schema = schema.expect("the schema is right").schema;
    let answer = Introspection::new(&schema, Names::Masked).decide(&BTreeSet::new()).to_json();
    let answer: Vec<Value> = serde_json::from_str(&answer).expect("valid JSON");
    let entry = |kind: &str| answer.iter().find(|entry| entry["meta-type"] == kind).expect("it is there");
    assert_eq!(entry("command")["features"], serde_json::json!([]));
    let arguments = answer.iter().find(|entry| entry["members"][0]["name"] == "a").expect("they are there");
    assert_eq!(arguments["members"][0]["features"], serde_json::json!([]));
    assert_eq!(arguments["members"][1]["features"], Value::Null);
}
