//! Rules for alternates.

use super::{accepts, refuses, refuses_all};
use crate::diagnostic::Code;

#[test]
fn two_objects_cannot_be_told_apart() {
    refuses(
        "{ 'struct': 'One', 'data': { } }
{ 'struct': 'Two', 'data': { } }
{ 'alternate': 'Alt',
  'data': { 'one': 'One',
            'two': 'Two' } }",
        Code::AlternativesAmbiguous,
        3,
    );
}

#[test]
fn a_union_is_an_object_too() {
    refuses(
        "{ 'struct': 'One', 'data': { } }
{ 'enum': 'Tag', 'data': [ 'a' ] }
{ 'union': 'Two', 'base': { 'tag': 'Tag' }, 'discriminator': 'tag', 'data': { } }
{ 'alternate': 'Alt', 'data': { 'one': 'One', 'two': 'Two' } }",
        Code::AlternativesAmbiguous,
        4,
    );
}

#[test]
fn an_enum_whose_values_look_like_booleans() {
    for value in ["on", "off"] {
        let schema = format!(
            "{{ 'enum': 'MyEnum', 'data': [ 'auto', '{value}' ] }}\n\
             {{ 'alternate': 'Alt',\n 'data': {{ 'one': 'bool',\n 'two': 'MyEnum' }} }}"
        );
        refuses(&schema, Code::AlternativesAmbiguous, 2);
    }
    accepts(
        "{ 'enum': 'MyEnum', 'data': [ 'true' ] }\n{ 'alternate': 'Alt', 'data': { 'a': 'bool', 'b': 'MyEnum' } }",
    );
}

#[test]
fn an_enum_whose_values_look_like_numbers() {
    for (builtin, value) in [("int", "0x10"), ("number", "1"), ("uint8", "42-a"), ("size", "7up")] {
        let schema = format!(
            "{{ 'enum': 'MyEnum', 'data': [ '{value}' ] }}\n\
             {{ 'alternate': 'Alt',\n 'data': {{ 'one': 'MyEnum',\n 'two': '{builtin}' }} }}"
        );
        refuses(&schema, Code::AlternativesAmbiguous, 2);
    }
}

#[test]
fn strings_twice_are_ambiguous() {
    refuses(
        "{ 'enum': 'MyEnum', 'data': [ 'a' ] }\n{ 'alternate': 'Alt', 'data': { 'one': 'str', 'two': 'MyEnum' } }",
        Code::AlternativesAmbiguous,
        2,
    );
    refuses(
        "{ 'alternate': 'Alt', 'data': { 'one': 'null', 'two': 'null' } }",
        Code::AlternativesAmbiguous,
        1,
    );
    refuses(
        "{ 'alternate': 'Alt', 'data': { 'one': 'QType', 'two': 'str' } }",
        Code::AlternativesAmbiguous,
        1,
    );
}

#[test]
fn data_that_is_no_object() {
    refuses("{ 'alternate': 'Alt',\n  'data': [ 'rubbish' ] }", Code::WrongValueType, 1);
    refuses("# none\n{ 'alternate': 'Alt',\n  'data': { } }", Code::AlternateEmpty, 2);
}

#[test]
fn types_that_no_alternative_has() {
    refuses(
        "{ 'alternate': 'Alt1',\n 'data': { 'name': 'str', 'alt': 'Alt2' } }\n{ 'alternate': 'Alt2', 'data': { 'i': 'int' } }",
        Code::AlternativeType,
        1,
    );
    refuses("{ 'alternate': 'Alt',\n  'data': { 'unknown': 'MissingType' } }", Code::UnknownType, 1);
    refuses("{ 'alternate': 'Alt',\n  'data': { 'list': [ 'MissingType' ] } }", Code::UnknownType, 1);
    refuses(
        "{ 'alternate': 'Alt', 'data': { 'a': { 'type': 'int', 'features': [ ] } } }",
        Code::UnknownKey,
        1,
    );
}

#[test]
fn every_fault_is_reported() {
    refuses_all(
        "{ 'alternate': 'Alt', 'data': { 'One': 'str', 'two': 'any', 'three': 'int' } }",
        &[(Code::NameCase, 1), (Code::AlternativeType, 1), (Code::AlternativesAmbiguous, 1)],
    );
}
