//! A condition that changes adds something in some builds, or removes it.

use super::{lines, wire};
use qapi_gen::stages::compat::compare;

const A: &str = ", 'if': 'A'";

/// A command whose argument has this condition, and the command's own.
fn argument(name: &str, of_member: &str, of_command: &str) -> String {
    format!(
        "{{ 'command': 'other' }}
         {{ 'command': 'c', 'data': {{ '{name}': {{ 'type': 'str'{of_member} }} }}{of_command} }}"
    )
}

#[test]
fn an_argument_comes_to_some_builds_or_leaves_them() {
    let path = "sent c.arguments.m";
    let compared = |name, old, new| lines(&argument(name, old, ""), &argument(name, new, ""));
    assert_eq!(compared("m", A, ""), [format!("incompatible required-member-added {path}")]);
    assert_eq!(compared("*m", A, ""), [format!("compatible optional-member-added {path}")]);
    assert_eq!(compared("m", "", A), [format!("incompatible required-member-removed {path}")]);
    assert_eq!(compared("*m", "", A), [format!("incompatible optional-member-removed {path}")]);
    assert_eq!(
        compared("m", A, ", 'if': 'B'"),
        [
            format!("incompatible required-member-added {path}"),
            format!("incompatible required-member-removed {path}")
        ]
    );
    let changes = compare(&wire(&argument("m", A, "")), &wire(&argument("m", "", "")));
    assert_eq!(
        changes[0].message,
        "required member 'm' was added in some builds: the condition was A, and is no condition"
    );
}

#[test]
fn a_condition_that_repeats_the_commands_changes_nothing() {
    let both = ", 'if': { 'all': ['A', 'B'] }";
    for (old, new) in
        [(("", A), (A, A)), ((A, A), ("", A)), (("", both), (A, both)), ((A, both), (both, both))]
    {
        let (old, new) = (argument("m", old.0, old.1), argument("m", new.0, new.1));
        assert_eq!(lines(&old, &new), [""; 0], "{old}\n{new}");
    }
    // The member still comes and goes with the command, which is told once.
    assert_eq!(
        lines(&argument("m", A, A), &argument("m", both, both)),
        ["incompatible command-removed sent c"]
    );
    assert_eq!(lines(&argument("m", A, A), &argument("m", "", "")), ["compatible command-added sent c"]);
}

#[test]
fn each_path_to_a_type_has_its_own_builds() {
    let schema = |condition: &str| {
        format!(
            "{{ 'struct': 'Data', 'data': {{ '*m': {{ 'type': 'str'{condition} }} }} }}
             {{ 'command': 'a', 'data': 'Data', 'if': 'A' }}
             {{ 'command': 'b', 'data': 'Data', 'if': 'B' }}"
        )
    };
    assert_eq!(
        lines(&schema(""), &schema(A)),
        ["incompatible optional-member-removed sent b.arguments.m"],
        "in builds with A, nothing changes for the command 'a'"
    );
}

#[test]
fn what_can_never_hold_is_not_there() {
    let never = ", 'if': { 'all': ['A', { 'not': 'A' }] }";
    let compared = |old, new| lines(&argument("m", old, ""), &argument("m", new, ""));
    assert_eq!(compared("", never), ["incompatible required-member-removed sent c.arguments.m"]);
    assert_eq!(compared(never, ""), ["incompatible required-member-added sent c.arguments.m"]);
    assert_eq!(compared(never, never), [""; 0]);
    let (old, new) = (argument("m", "", ""), argument("m", never, ""));
    let changes = compare(&wire(&old), &wire(&new));
    assert!(!changes[0].message.contains("some builds"), "{}", changes[0].message);
    // Nor where the command's condition shuts it out.
    let (old, new) = (argument("m", "", A), argument("m", ", 'if': { 'not': 'A' }", A));
    assert_eq!(lines(&old, &new), ["incompatible required-member-removed sent c.arguments.m"]);
}

#[test]
fn a_branch_with_required_arguments() {
    let schema = |of_value: &str, of_branch: &str, use_: &str| {
        format!(
            "{{ 'enum': 'Kind', 'data': [ 'a', {{ 'name': 'b'{of_value} }} ] }}
             {{ 'struct': 'Beta', 'data': {{ 'x': 'int' }} }}
             {{ 'union': 'Uni', 'base': {{ 'k': 'Kind' }}, 'discriminator': 'k',
                'data': {{ 'b': {{ 'type': 'Beta'{of_branch} }} }} }}
             {use_}"
        )
    };
    let (sent, received) =
        ("{ 'command': 'c', 'boxed': true, 'data': 'Uni' }", "{ 'command': 'c', 'returns': 'Uni' }");
    let compared = |old: (&str, &str), new: (&str, &str), use_: &str| {
        lines(&schema(old.0, old.1, use_), &schema(new.0, new.1, use_))
    };
    assert_eq!(
        compared(("", A), ("", ""), sent),
        ["incompatible required-branch-added sent c.arguments[k=b]"]
    );
    assert_eq!(compared(("", ""), ("", A), sent), ["incompatible branch-removed sent c.arguments[k=b]"]);
    // A branch comes and goes with its value.
    assert_eq!(compared((A, A), ("", ""), sent), ["compatible enum-value-added sent c.arguments.k=b"]);
    assert_eq!(compared((A, A), ("", ""), received), ["worth a look enum-value-added received c.return.k=b"]);
    assert_eq!(compared((A, A), (A, ""), sent), [""; 0], "the branch's condition repeats the value's");
}

#[test]
fn an_alternative_and_a_value() {
    let schema = |condition: &str| {
        format!(
            "{{ 'alternate': 'Alt', 'data': {{ 's': 'Kind', 'n': {{ 'type': 'bool'{condition} }} }} }}
             {{ 'enum': 'Kind', 'data': [ 'a', {{ 'name': 'b'{condition} }} ] }}
             {{ 'event': 'E', 'data': {{ 'alt': 'Alt', 'kind': 'Kind' }} }}"
        )
    };
    assert_eq!(
        lines(&schema(A), &schema("")),
        [
            "incompatible alternative-added received E.data.alt<bool>",
            "worth a look enum-value-added received E.data.kind=b",
        ]
    );
}

#[test]
fn a_feature_in_some_builds() {
    let schema = |features: &str| {
        format!("{{ 'command': 'c', 'features': [ {{ 'name': 'deprecated'{features} }} ] }}")
    };
    // Nothing is refused: in some builds the deprecation was taken back.
    assert_eq!(lines(&schema(""), &schema(A)), ["compatible undeprecated sent c#deprecated"]);
    assert_eq!(lines(&schema(A), &schema("")), ["compatible deprecated sent c#deprecated"]);
    // The announcement excuses a removal only in the builds that made it.
    let gone = "{ 'command': 'other' }";
    let found = lines(&format!("{gone}{}", schema(A)), gone);
    assert_eq!(found, ["incompatible command-removed sent c"]);
    let found = lines(&format!("{gone}{}", schema("")), gone);
    assert_eq!(found, ["worth a look command-removed sent c"]);
}
