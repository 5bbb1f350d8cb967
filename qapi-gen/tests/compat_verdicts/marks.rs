//! What is deprecated or unstable.

use super::lines;

#[test]
fn a_part_of_something_deprecated_is_no_worse_than_the_whole() {
    let schema = |arguments: &str, use_: &str| {
        format!(
            "{{ 'struct': 'Data', 'data': {{ {arguments} }} }}
             {{ 'command': 'old', 'data': 'Data', 'features': [ 'deprecated' ] }}
             {use_}"
        )
    };
    let changed = [
        ("'a': 'int', '*b': 'str'", "'a': 'int'", "optional-member-removed sent old.arguments.b"),
        ("'a': 'int'", "'a': 'str'", "type-changed sent old.arguments.a"),
        ("'a': 'int'", "'a': 'int', 'b': 'int'", "required-member-added sent old.arguments.b"),
    ];
    for (old, new, what) in changed {
        assert_eq!(lines(&schema(old, ""), &schema(new, "")), [format!("worth a look {what}")]);
        // A way to the type that is not deprecated is enough.
        let other = "{ 'command': 'x-new', 'data': 'Data' }";
        assert_eq!(
            lines(&schema(old, other), &schema(new, other)),
            [format!("incompatible {}", what.replace("old", "x-new"))]
        );
    }
}

#[test]
fn a_deprecated_argument_may_not_become_required() {
    let schema = |name: &str, mark: &str| {
        format!("{{ 'command': 'c', 'data': {{ '{name}': {{ 'type': 'int', 'features': [ '{mark}' ] }} }} }}")
    };
    for mark in ["deprecated", "unstable"] {
        assert_eq!(
            lines(&schema("*m", mark), &schema("m", mark)),
            ["incompatible member-made-required sent c.arguments.m"]
        );
    }
}

#[test]
fn nothing_stable_becomes_unstable_without_notice() {
    let schema = |features: &str| format!("{{ 'command': 'c', 'features': [ {features} ] }}");
    let (stable, deprecated) = (schema("'f'"), schema("'f', 'deprecated'"));
    let unstable = schema("'f', 'unstable'");
    assert_eq!(lines(&stable, &unstable), ["incompatible made-unstable sent c#unstable"]);
    let both = schema("'f', 'deprecated', 'unstable'");
    assert_eq!(lines(&deprecated, &both), ["worth a look made-unstable sent c#unstable"]);
    assert_eq!(lines(&unstable, &stable), ["compatible made-stable sent c#unstable"]);
}
