//! `qapi-gen introspect`: what a server of the schema answers, and that `diff` agrees with it.

use super::{Folder, OLD};
use std::collections::BTreeSet;

/// The names of the commands in the answer that is printed for a schema.
fn commands(folder: &Folder, schema: &str) -> BTreeSet<String> {
    let (status, out, err) = folder.run(&["introspect", schema]);
    assert_eq!((status, err.as_str()), (0, ""));
    let entries: Vec<serde_json::Value> = serde_json::from_str(&out).expect("an array");
    let commands = entries.iter().filter(|entry| entry["meta-type"] == "command");
    commands.map(|entry| entry["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn a_schema_of_ones_own_has_the_protocols_commands() {
    let folder = Folder::new();
    folder.write("own.json", OLD);
    let own = commands(&folder, "own.json");
    for name in ["a", "qmp_capabilities", "query-qmp-schema", "quit"] {
        assert!(own.contains(name), "{name} is not in {own:?}");
    }
}

#[test]
fn a_guest_agents_schema_has_its_own_commands_only() {
    let folder = Folder::new();
    folder.write("agent.json", "{ 'command': 'guest-sync-delimited', 'data': { 'id': 'int' } }");
    assert_eq!(commands(&folder, "agent.json"), BTreeSet::from(["guest-sync-delimited".to_owned()]));
}

#[test]
fn a_schema_that_defines_the_protocol_keeps_its_own() {
    let folder = Folder::new();
    folder.write("whole.json", "{ 'command': 'quit', 'data': { '*status': 'int' } }");
    assert_eq!(commands(&folder, "whole.json"), BTreeSet::from(["quit".to_owned()]));
}

#[test]
fn a_schema_does_not_differ_from_its_own_answer() {
    let folder = Folder::new();
    folder.write("own.json", OLD);
    let (_, answer, _) = folder.run(&["introspect", "own.json"]);
    folder.write("answer.json", &answer);
    for sides in [["own.json", "answer.json"], ["answer.json", "own.json"], ["own.json", "own.json"]] {
        let (status, out, err) = folder.run(&["diff", sides[0], sides[1]]);
        assert_eq!((status, out.as_str(), err.as_str()), (0, "no change\n", ""), "{sides:?}");
    }
}
