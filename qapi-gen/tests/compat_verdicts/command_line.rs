//! Types that no command or event reaches.

use super::{line, load};
use qapi_gen::stages::compat::compare;
use qapi_gen::stages::wire::Wire;

fn lines(old: &str, new: &str) -> Vec<String> {
    let [old, new] = [old, new].map(|text| Wire::with_unreached(&load(text)));
    compare(&old, &new).iter().map(line).collect()
}

/// An option has an inner type; the command has a type and its base.
fn schema(inner: &str, base: &str, common: &str) -> String {
    format!(
        "{{ 'struct': 'Option', 'data': {{ '*inner': 'Inner', '*common': 'Common' }} }}
         {{ 'struct': 'Inner', 'data': {{ {inner} }} }}
         {{ 'struct': 'Base', 'data': {{ {base} }} }}
         {{ 'struct': 'Common', 'base': 'Base', 'data': {{ {common} }} }}
         {{ 'command': 'c', 'data': 'Common' }}"
    )
}

#[test]
fn they_are_compared_and_marked() {
    let (a, b) = ("'a': 'int'", "'b': 'int'");
    assert_eq!(
        lines(&schema(a, a, b), &schema(b, a, b)),
        [
            "worth a look required-member-removed command line Inner.a",
            "worth a look required-member-added command line Inner.b",
        ]
    );
    assert_eq!(
        lines(&schema("", a, b), &schema("'*a': 'int'", a, b)),
        ["compatible optional-member-added command line Inner.a"]
    );
}

#[test]
fn what_a_command_reaches_too_is_told_of_the_command_alone() {
    let (a, b) = ("'a': 'int'", "'b': 'int'");
    assert_eq!(
        lines(&schema(a, a, b), &schema(a, a, "'*b': 'int'")),
        ["compatible member-made-optional sent c.arguments.b"]
    );
    assert_eq!(
        lines(&schema(a, "", b), &schema(a, a, b)),
        ["incompatible required-member-added sent c.arguments.a"]
    );
}
