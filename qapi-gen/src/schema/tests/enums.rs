//! Rules for enumerations.

use super::{accepts, refuses};
use crate::diagnostic::Code;

#[test]
fn values_are_distinct_in_c() {
    refuses(
        "{ 'pragma': { 'member-name-exceptions': [ 'MyEnum' ] } }\n{ 'enum': 'MyEnum',\n  'data': [ 'one-two', 'one_two' ] }",
        Code::NameClash,
        2,
    );
    refuses("{ 'enum': 'MyEnum',\n  'data': [ 'one', 'one' ] }", Code::NameClash, 1);
}

#[test]
fn forms_of_values() {
    refuses(
        "# no\n{ 'enum': 'MyEnum',\n  'data': [ { 'name': 'foo', 'bad-key': 'bar' } ] }",
        Code::UnknownKey,
        2,
    );
    refuses("{ 'enum': 'MyEnum',\n  'data': [ { 'if': 'COND' } ] }", Code::MissingKey, 1);
    refuses("{ 'enum': 'MyEnum',\n  'data': [ 'one', true ] }", Code::NameNotAString, 1);
    refuses("{ 'enum': 'MyEnum',\n  'data': { 'one': 'two' } }", Code::WrongValueType, 1);
    refuses(
        "{ 'enum': 'MyEnum',\n  'data': [ { 'name': 'a', 'if': { 'val': 'foo' } } ] }",
        Code::UnknownKey,
        1,
    );
    refuses("{ 'enum': 'MyEnum', 'data': [ '' ] }", Code::InvalidName, 1);
}

#[test]
fn case_of_values() {
    refuses("{ 'enum': 'NoWay',\n  'data': [ 'Value' ] }", Code::NameCase, 1);
    refuses("{ 'enum': 'NoWay',\n  'data': [ 'a_b' ] }", Code::NameCase, 1);
    accepts(
        "{ 'pragma': { 'member-name-exceptions': [ 'OldWay' ] } }\n{ 'enum': 'OldWay', 'data': [ 'Value', 'a_b' ] }",
    );
}

#[test]
fn reserved_values() {
    refuses("{ 'enum': 'Foo',\n  'data': [ 'unix', 'q-unix' ] }", Code::ReservedName, 1);
    accepts("{ 'enum': 'Foo', 'data': [ 'u', 'has-a', '64-bit' ] }");
}
