//! How a client builds arguments: constructors, and setters that take a value or an `Option`.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use qapi_runtime::{Any, Encode, Output};
use qapi_tests::commands::{Careful, PlanBranch, Way, command};
use qapi_tests::types::{Colour, Optionals};
use serde_json::{Value, json};

fn text(value: &impl Encode) -> String {
    let mut out = Output::new();
    value.encode(&mut out);
    String::from_utf8(out.finish().unwrap()).unwrap()
}

fn encoded(value: &impl Encode) -> Value {
    serde_json::from_str(&text(value)).unwrap()
}

#[test]
fn every_command_is_built_in_the_same_way() {
    let inline = command::Inline::new("a").way(Way::Fast);
    assert_eq!(encoded(&inline), json!({ "name": "a", "way": "fast" }));
    let named = command::Named::new("a").count(2);
    assert_eq!(encoded(&named), json!({ "name": "a", "count": 2 }));
    let boxed = command::BoxedStruct::new("a").count(2);
    assert_eq!(encoded(&boxed), json!({ "name": "a", "count": 2 }));
}

#[test]
fn a_union_has_a_constructor_for_each_branch() {
    let careful = command::BoxedUnion::careful(Careful::new(3)).note("slowly");
    assert_eq!(encoded(&careful), json!({ "way": "careful", "steps": 3, "note": "slowly" }));
    assert_eq!(careful, command::BoxedUnion::new(PlanBranch::Careful(Careful::new(3))).note("slowly"));
    assert_eq!(encoded(&command::BoxedUnion::fast()), json!({ "way": "fast" }));
}

#[test]
fn setters_take_values_and_options() {
    let (yes, no) = (Some("x"), None::<String>);
    let set = Optionals::new()
        .text(yes)
        .real(1.5)
        .flag(true.then_some(false))
        .colour(Colour::Red)
        .list(vec!["a".into()])
        .whatever(Any::from(4));
    let text =
        json!({ "text": "x", "real": 1.5, "flag": false, "colour": "red", "list": ["a"], "whatever": 4 });
    assert_eq!(encoded(&set), text);
    let unset = set.text(no).real(None).flag(false.then_some(true)).colour(None).list(None).whatever(None);
    assert_eq!(encoded(&unset), json!({}));
}

#[test]
fn strings_are_set_from_whatever_converts() {
    let owned = "x".to_owned();
    for text in [
        Optionals::new().text("x"),
        Optionals::new().text('x'),
        Optionals::new().text(&owned),
        Optionals::new().text(owned.clone()),
        Optionals::new().text(Some(owned.clone())),
    ] {
        assert_eq!(text.text.as_deref(), Some("x"));
    }
}

#[test]
fn a_member_by_name_replaces_what_is_there() {
    let raw = || command::Raw::new("a");
    assert_eq!(encoded(&raw().with("mac", 1).with("mac", 2)), json!({ "id": "a", "mac": 2 }));
    let declared = raw().with("id", "b");
    assert_eq!(text(&declared), r#"{"id": "b"}"#);
}
