//! Deprecations on the way from the oldest release to the newest.

use super::{line, wire};
use qapi_gen::stages::compat::{Release, compare_releases};
use qapi_gen::stages::wire::Wire;

const LEFT: &str = "{ 'command': 'left' }";

fn lines(releases: &[&str], policy: Option<usize>) -> Vec<String> {
    let wires: Vec<Wire> = releases.iter().map(|text| wire(text)).collect();
    let releases: Vec<Release<'_>> = wires.iter().map(|wire| Release { wire, docs: None }).collect();
    compare_releases(&releases, policy).iter().map(line).collect()
}

/// A command with an argument; `marks` are the features of the two.
fn command(of_command: &str, argument: &str, of_argument: &str) -> String {
    format!(
        "{LEFT}
         {{ 'command': 'c', 'features': [ 'f' {of_command} ],
            'data': {{ '*kept': 'int', '*{argument}': {{ 'type': 'int', 'features': [ 'f' {of_argument} ] }} }} }}"
    )
}

const DEPRECATED: &str = ", 'deprecated'";

#[test]
fn two_ends_do_not_show_what_was_announced_between_them() {
    let (old, mid) = (command("", "a", ""), command("", "a", DEPRECATED));
    let new = command("", "b", "");
    let added = "compatible optional-member-added sent c.arguments.b";
    let removed = "optional-member-removed sent c.arguments.a";
    assert_eq!(lines(&[&old, &new], None), [format!("incompatible {removed}"), added.to_owned()]);
    assert_eq!(lines(&[&old, &mid, &new], None), [format!("worth a look {removed}"), added.to_owned()]);
    // A release that takes the announcement back.
    let found = lines(&[&old, &mid, &old, &new], None);
    assert_eq!(found, [format!("incompatible {removed}"), added.to_owned()]);
    // The announcement of the whole counts for the part.
    let found = lines(&[&old, &command(DEPRECATED, "a", ""), &new], None);
    assert_eq!(found[0], format!("worth a look {removed}"));
}

#[test]
fn a_policy_counts_the_releases_from_announcement_to_removal() {
    let (old, mid) = (command("", "a", ""), command(DEPRECATED, "a", ""));
    for (releases, in_time) in [
        (vec![old.as_str(), &mid, LEFT], false),
        (vec![&old, &mid, &mid, LEFT], true),
        // Time that passes after the removal does not count.
        (vec![&old, &mid, LEFT, LEFT], false),
        // Before the oldest release, nothing is known.
        (vec![&mid, LEFT], false),
        (vec![&mid, &mid, LEFT], true),
    ] {
        let verdict = if in_time { "worth a look" } else { "incompatible" };
        assert_eq!(lines(&releases, Some(2)), [format!("{verdict} command-removed sent c")], "{releases:#?}");
        assert_eq!(lines(&releases, None), ["worth a look command-removed sent c"]);
    }
}

#[test]
fn a_part_is_judged_by_the_release_that_removed_it() {
    let (old, mid) = (command("", "a", ""), command(DEPRECATED, "a", ""));
    let less = command(DEPRECATED, "kept2", "");
    let removed = "incompatible optional-member-removed sent c.arguments.a";
    assert_eq!(lines(&[&old, &mid, &less, &less], Some(2))[0], removed);
    assert_eq!(
        lines(&[&old, &mid, &mid, &less], Some(2))[0],
        removed.replace("incompatible", "worth a look")
    );
}

/// Otherwise two steps that are each worth a look would remove what clients rely on.
#[test]
fn to_become_unstable_is_no_announcement() {
    let (old, mid) = (command("", "a", ""), command(", 'unstable'", "a", ""));
    assert_eq!(lines(&[&old, &mid, LEFT], None), ["incompatible command-removed sent c"]);
    assert_eq!(lines(&[&old, &mid], None), ["incompatible made-unstable sent c#unstable"]);
}

#[test]
fn unstable_things_need_no_announcement() {
    let old = command(", 'unstable'", "a", "");
    assert_eq!(lines(&[&old, LEFT], Some(2)), ["worth a look command-removed sent c"]);
}
