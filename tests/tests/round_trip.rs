//! What is decoded and encoded again is the same, for every kind of type.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use qapi_runtime::{Decode, Encode, Input, Mode, Output, json};
use qapi_tests::{client, commands, features, machine, modules, names, types};
use serde_json::Value;

fn decode<T: Decode>(text: &str, mode: Mode) -> Result<T, String> {
    let value = json::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    T::decode(Input::new(&value, mode)).map_err(|error| error.to_string())
}

fn encode<T: Encode>(value: &T) -> String {
    let mut out = Output::new();
    value.encode(&mut out);
    String::from_utf8(out.finish().unwrap()).unwrap()
}

/// Decodes strictly, encodes, compares by value and, since members come back in schema order, by text.
#[track_caller]
fn same<T: Decode + Encode>(text: &str) {
    let value: T = decode(text, Mode::Strict).unwrap_or_else(|error| panic!("{text}: {error}"));
    let back = encode(&value);
    let (sent, got): (Value, Value) =
        (serde_json::from_str(text).unwrap(), serde_json::from_str(&back).unwrap());
    assert_eq!(got, sent);
    let again: T = decode(&back, Mode::Strict).unwrap();
    assert_eq!(encode(&again), back);
}

/// Refused in strict mode, by an error that names each of `names`.
#[track_caller]
fn refused<T: Decode>(text: &str, names: &[&str]) {
    match decode::<T>(text, Mode::Strict) {
        Ok(_) => panic!("{text} was accepted"),
        Err(error) => {
            for name in names {
                assert!(error.contains(name), "{text}: {error:?} does not name {name:?}");
            }
        }
    }
}

#[test]
fn built_in_types() {
    let builtins = |u64: &str| {
        format!(
            r#"{{"text": "\u00e4", "real": 1.5, "integer": -1, "i8": -128, "i16": -32768, "i32": -2147483648,
                "i64": -9223372036854775808, "u8": 255, "u16": 65535, "u32": 4294967295, "u64": {u64},
                "bytes": 1024, "flag": true, "nil": null, "whatever": {{"a": [1, null]}}, "kind": "qdict"}}"#
        )
    };
    same::<types::Builtins>(&builtins("18446744073709551615"));
    refused::<types::Builtins>(&builtins("18446744073709551616"), &["u64"]);
    refused::<types::Builtins>(&builtins("-1"), &["u64"]);
    refused::<types::Builtins>(&builtins("1.0"), &["u64"]);
    refused::<types::Builtins>(&builtins("\"1\""), &["u64"]);
}

#[test]
fn optional_members() {
    same::<types::Optionals>("{}");
    same::<types::Optionals>(r#"{"list": [], "nil": null, "point": {"x": 1, "y": 2}}"#);
    refused::<types::Optionals>(r#"{"text": null}"#, &["text", "string"]);
    refused::<types::Optionals>(r#"{"texts": "x"}"#, &["texts"]);
    refused::<types::Optionals>(r#"{"point": {"x": 1, "y": "2"}}"#, &["point.y"]);
    refused::<types::Optionals>(r#"{"list": ["a", 1]}"#, &["list[1]"]);
}

#[test]
fn bases_come_first() {
    let point: types::ColouredPoint =
        decode(r#"{"colour": "dark-blue", "name": "n", "y": 2, "x": 1}"#, Mode::Strict).unwrap();
    assert_eq!(encode(&point), r#"{"x": 1, "y": 2, "name": "n", "colour": "dark-blue"}"#);
    refused::<types::ColouredPoint>(r#"{"x": 1, "name": "n"}"#, &["y", "missing"]);
}

#[test]
fn unions() {
    same::<types::Shape>(r#"{"kind": "circle", "label": "l", "radius": 1.5}"#);
    same::<types::Shape>(r#"{"kind": "square", "x": 1, "y": 2, "side": 0.5}"#);
    same::<types::Shape>(r#"{"kind": "nowhere"}"#);
    same::<types::Shape>(r#"{"kind": "tagged", "switch": "on", "x": 1, "y": 2, "name": "n"}"#);
    same::<types::Shape>(r#"{"kind": "tagged", "switch": "off"}"#);
    same::<types::LateTag>(r#"{"before": 1, "colour": "dark-blue", "after": 2, "radius": 1.5}"#);
    same::<types::LateTag>(r#"{"colour": "red", "before": 1}"#);
    // The discriminator may stand anywhere.
    same::<types::Shape>(r#"{"radius": 1.5, "kind": "circle"}"#);
    refused::<types::Shape>(r#"{"kind": "nowhere", "radius": 1.5}"#, &["radius"]);
    refused::<types::Shape>(r#"{"radius": 1.5}"#, &["kind", "missing"]);
    refused::<types::Shape>(r#"{"kind": "triangle"}"#, &["kind", "triangle"]);
}

#[test]
fn alternates() {
    for text in ["\"t\"", r#"{"x": 1, "y": 2}"#, "null", "[]", r#"[{"x": 1, "y": 2}]"#] {
        same::<types::Everything>(text);
    }
    for text in ["\"red\"", "true", "1.5"] {
        same::<types::SwitchOrNumber>(text);
    }
    // A number may be written as an integer; it is one of the same value when it comes back.
    let number: types::SwitchOrNumber = decode("2", Mode::Strict).unwrap();
    assert_eq!(encode(&number), "2.0");
    refused::<types::Everything>("1", &["Everything"]);
    refused::<types::SwitchOrNumber>("\"pink\"", &["pink"]);
}

#[test]
fn recursion() {
    same::<types::Chain>(r#"{"name": "a", "next": {"name": "b", "next": {"name": "c"}}}"#);
    same::<types::Tree>(r#"{"children": [{"children": []}, {"children": [{"children": []}]}]}"#);
    same::<types::Ping>(r#"{"pong": {"ping": {}, "both": {"name": "a"}}}"#);
    let leaf = r#"{"kind": "leaf", "value": 1}"#;
    same::<types::Node>(&format!(r#"{{"kind": "pair", "left": {leaf}, "right": {leaf}}}"#));
    same::<types::NodeRef>(&format!(r#"[{{"inner": {leaf}}}, {{"inner": "name"}}]"#));
}

#[test]
fn arguments_in_every_form() {
    same::<commands::command::Nothing>("{}");
    same::<commands::command::Inline>(r#"{"name": "n", "plans": ["p", {"way": "careful", "steps": 3}]}"#);
    same::<commands::command::Named>(r#"{"name": "n", "count": 2}"#);
    same::<commands::command::BoxedStruct>(r#"{"name": "n"}"#);
    same::<commands::command::BoxedUnion>(r#"{"way": "fast", "note": "now"}"#);
    same::<commands::event::Named>(r#"{"name": "n"}"#);
    same::<commands::event::BoxedUnion>(r#"{"way": "careful", "steps": 3}"#);
    refused::<commands::command::Inline>(
        r#"{"name": "n", "plans": ["p", {"way": "careful", "steps": 300}]}"#,
        &["plans[1].steps"],
    );
}

#[test]
fn names_are_those_of_the_schema() {
    same::<names::OptionalKeywords>(r#"{"type": "t", "self": "s", "in": "i", "crate": "c", "new": "n"}"#);
    same::<names::KeywordValue>("\"self\"");
    same::<names::Digits>("\"1-tick\"");
    same::<names::Digits>("\"2_ticks\"");
    same::<names::__com_redhat_Type>(
        r#"{"__com.redhat_member": 1, "__org.example-site_option": "__com.redhat_first"}"#,
    );
    same::<names::Option>(r#"{"option": {"str": "s"}}"#);
    same::<modules::First>(r#"{"shared": "yes", "second": {"shared": "no"}}"#);
    same::<features::Settings>(
        r#"{"level": "high", "old": "o", "older": "middling", "new": [1], "odd": false}"#,
    );
}

#[test]
fn the_machines_events() {
    same::<machine::event::GuestPanicked>(
        r#"{"action": "pause", "info": {"type": "hyper-v", "arg1": 1, "arg2": 2, "arg3": 3, "arg4": 4, "arg5": 5}}"#,
    );
    same::<machine::event::GuestPanicked>(r#"{"action": "run"}"#);
}

#[test]
fn a_client_keeps_what_it_does_not_know() {
    let text = r#"{"kind": "leaf", "value": 1, "since": "tomorrow"}"#;
    refused::<client::Node>(text, &["since"]);
    let node: client::Node = decode(text, Mode::Lenient).unwrap();
    assert_eq!(encode(&node), r#"{"kind": "leaf", "value": 1}"#);

    let colour: client::Colour = decode("\"purple\"", Mode::Lenient).unwrap();
    assert_eq!(encode(&colour), "\"purple\"");
    refused::<client::Colour>("\"purple\"", &["purple"]);
}

#[test]
fn commands_without_generated_code_take_members_beyond_the_schema() {
    same::<commands::command::Raw>(r#"{"id": "a", "mac": "52:54:00:12:34:56", "vectors": 4}"#);
    let built = commands::command::Raw::new("a").with("mac", "52:54:00:12:34:56").with("vectors", 4);
    assert_eq!(encode(&built), r#"{"id": "a", "mac": "52:54:00:12:34:56", "vectors": 4}"#);
    refused::<commands::command::Raw>(r#"{"mac": "52:54:00:12:34:56"}"#, &["id"]);
}

#[test]
fn names_that_rust_spells_alike_stay_apart() {
    same::<names::Capitals>(
        r#"{"cpu": 1, "CPU": 2, "ram": 3, "RAM": 4, "new": 5, "new-": 6, "self": 7, "self_": 8}"#,
    );
    same::<names::Ticked>(r#"{"tick": "tick-1", "stop": true}"#);
    same::<names::Ticked>(r#"{"tick": "tick1", "a": "A", "b": {"stop": false}}"#);
    same::<names::event::Count1>(r#"{"tick": {"tick": "tick-2"}}"#);
}
