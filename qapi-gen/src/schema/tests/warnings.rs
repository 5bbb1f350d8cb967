//! Schemas that are accepted with a warning.

use super::{accepts, lines, load_text};
use crate::diagnostic::{Code, Severity};

#[track_caller]
fn warns(text: &str, expected: &[u32]) {
    let loaded = load_text(text).expect("the schema is right");
    let expected: Vec<(Code, u32)> = expected.iter().map(|line| (Code::ConditionNotImplied, *line)).collect();
    assert_eq!(lines(&loaded.warnings, &loaded.schema.sources, Severity::Warning), expected, "of\n{text}");
}

#[test]
fn references_to_conditional_types() {
    let linux = "{ 'struct': 'Linux', 'data': { }, 'if': 'LINUX' }\n";
    warns(&format!("{linux}{{ 'struct': 'Foo',\n  'data': {{ 'a': 'Linux' }} }}"), &[3]);
    warns(&format!("{linux}{{ 'struct': 'Foo',\n  'base': 'Linux', 'data': {{ }} }}"), &[3]);
    warns(&format!("{linux}{{ 'command': 'foo',\n  'data': 'Linux',\n  'returns': ['Linux'] }}"), &[3, 4]);
    warns(&format!("{linux}{{ 'event': 'FOO', 'data': {{ 'a': 'Linux' }} }}"), &[2]);
    warns(&format!("{linux}{{ 'alternate': 'Foo', 'data': {{ 'a': 'Linux' }}, 'if': 'UNIX' }}"), &[2]);
    accepts(&format!(
        "{linux}{{ 'struct': 'Foo', 'data': {{ 'a': {{ 'type': 'Linux', 'if': 'LINUX' }} }} }}"
    ));
    accepts(&format!(
        "{linux}{{ 'struct': 'Foo', 'data': {{ 'a': 'Linux' }}, 'if': {{ 'all': [ 'LINUX', 'X' ] }} }}"
    ));
}

#[test]
fn the_condition_of_a_branch_counts() {
    let types = "{ 'enum': 'Tag', 'data': [ 'a' ] }\n{ 'struct': 'Linux', 'data': { }, 'if': 'LINUX' }\n";
    let union = |branch: &str| {
        format!(
            "{types}{{ 'union': 'Uni', 'base': {{ 'tag': 'Tag' }}, 'discriminator': 'tag', 'data': {{ 'a': {branch} }} }}"
        )
    };
    warns(&union("'Linux'"), &[3]);
    accepts(&union("{ 'type': 'Linux', 'if': 'LINUX' }"));
}
