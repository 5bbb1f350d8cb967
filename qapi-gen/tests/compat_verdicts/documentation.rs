//! What the documentation tells: defaults, units, and since when.

use super::{line, load};
use qapi_gen::stages::compat::{Docs, Release, compare_releases};
use qapi_gen::stages::wire::Wire;

fn lines(old: &str, new: &str, docs: bool) -> Vec<String> {
    let sides = [old, new].map(load);
    let wires = sides.each_ref().map(Wire::from_schema);
    let said = sides.each_ref().map(Docs::of);
    let release = |side: usize| Release { wire: &wires[side], docs: docs.then_some(&said[side]) };
    compare_releases(&[release(0), release(1)], None).iter().map(line).collect()
}

fn documented(member: &str, more: &str) -> String {
    format!(
        "##
# @Kind:
#
# Kinds.
#
# @a: one
{more}
#
# Since: 1.0
##
{{ 'enum': 'Kind', 'data': [ 'a'{} ] }}

##
# @c:
#
# A command.
#
# @timeout: how long to wait, {member}
#
# @kind: a kind
#
# Since: 1.0
##
{{ 'command': 'c', 'data': {{ '*timeout': 'int', 'kind': 'Kind' }} }}
",
        if more.contains("@b") { ", 'b'" } else { "" }
    )
}

#[test]
fn a_changed_default_or_unit_is_worth_a_look() {
    let compared = |old, new| lines(&documented(old, "#"), &documented(new, "#"), true);
    let path = "sent c.arguments.timeout";
    assert_eq!(
        compared("in seconds (default: 10)", "in seconds (default: 20)"),
        [format!("worth a look default-changed {path}")]
    );
    assert_eq!(
        compared("in seconds (default: 10)", "in milliseconds (default: 10)"),
        [format!("worth a look unit-changed {path}")]
    );
    assert_eq!(compared("in seconds, defaults to 10", "in seconds. The default is 10."), [""; 0]);
    assert_eq!(compared("for an answer", "in seconds (default: 10)"), [""; 0], "only told now");
    assert_eq!(lines(&documented("default: 1", "#"), &documented("default: 2", "#"), false), [""; 0]);
}

#[test]
fn what_is_new_says_since_when() {
    let added = "compatible enum-value-added sent c.arguments.kind=b";
    let compared = |new| lines(&documented("-", "#"), &documented("-", new), true);
    assert_eq!(compared("#\n# @b: another"), ["worth a look since-missing sent c.arguments.kind=b", added]);
    assert_eq!(compared("#\n# @b: another (since 2.0)"), [added]);
    let bare = "{ 'command': 'd' }";
    assert_eq!(
        lines("{ 'command': 'c' }", &format!("{{ 'command': 'c' }}\n{bare}"), true),
        ["worth a look since-missing sent d", "compatible command-added sent d"]
    );
}
