//! The definition that a change is in, and all that it reaches.

use super::wire;
use qapi_gen::stages::compat::{Change, compare};

fn changes(old: &str, new: &str) -> Vec<Change> {
    compare(&wire(old), &wire(new))
}

fn paths(change: &Change) -> Vec<String> {
    (change.reaches.iter())
        .map(|reach| format!("{} {} {}", reach.root, reach.direction, reach.path))
        .collect()
}

#[test]
fn every_command_and_event_is_named_by_direction() {
    let schema = |member: &str| {
        format!(
            "{{ 'struct': 'Base', 'data': {{ 'host': 'str'{member} }} }}
             {{ 'struct': 'Inet', 'base': 'Base', 'data': {{ '*to': 'int' }} }}
             {{ 'struct': 'Plain', 'base': 'Base', 'data': {{ '*next': ['Plain'] }} }}
             {{ 'command': 'a', 'data': {{ 'inet': 'Inet', '*more': ['Inet'] }}, 'returns': ['Plain'] }}
             {{ 'command': 'b', 'data': 'Plain' }}
             {{ 'event': 'E', 'data': {{ 'plain': 'Plain' }} }}
             {{ 'event': 'OTHER' }}"
        )
    };
    let expected = [
        "E received E.data.plain.m",
        "a sent a.arguments.inet.m",
        "a received a.return[].m",
        "b sent b.arguments.m",
    ];
    let (with, without) = (schema(", '*m': 'int'"), schema(""));
    for changes in [changes(&with, &without), changes(&without, &with)] {
        assert_eq!(changes.len(), 1, "{changes:#?}");
        assert_eq!(changes[0].definition, "Base");
        assert_eq!(paths(&changes[0]), expected);
    }
}

#[test]
fn a_command_is_its_own_definition() {
    let found =
        changes("{ 'command': 'a' } { 'command': 'b' }", "{ 'command': 'b', 'data': { '*x': 'int' } }");
    assert_eq!((found[0].definition.as_str(), paths(&found[0])), ("a", vec!["a sent a".to_owned()]));
    let added = (found[1].definition.as_str(), paths(&found[1]));
    assert_eq!(added, ("b", vec!["b sent b.arguments.x".to_owned()]));
}

#[test]
fn a_value_with_its_branch() {
    let schema = |value: &str, branch: &str| {
        format!(
            "{{ 'enum': 'Kind', 'data': [ 'a'{value} ] }}
             {{ 'struct': 'Data', 'data': {{ 'x': 'int' }} }}
             {{ 'union': 'Uni', 'base': {{ 'k': 'Kind' }}, 'discriminator': 'k', 'data': {{ 'a': 'Data'{branch} }} }}
             {{ 'command': 'c', 'data': {{ 'uni': 'Uni' }} }}"
        )
    };
    let (old, new) = (schema("", ""), schema(", 'b'", ", 'b': 'Data'"));
    for (changes, kind) in
        [(changes(&old, &new), "enum-value-added"), (changes(&new, &old), "enum-value-removed")]
    {
        let found: Vec<(&str, &str)> =
            changes.iter().map(|change| (change.kind.name(), change.definition.as_str())).collect();
        assert_eq!(found, [(kind, "Kind")], "a value and its branch are one change");
        assert_eq!(paths(&changes[0]), ["c sent c.arguments.uni.k=b"]);
        assert!(changes[0].message.ends_with("; its branch, too"), "{}", changes[0].message);
    }
}
