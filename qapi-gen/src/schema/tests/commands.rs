//! Rules for commands and events.

use super::{accepts, refuses, refuses_all};
use crate::diagnostic::Code;

#[test]
fn arguments_are_objects() {
    refuses(
        "{ 'alternate': 'Alt', 'data': { 'a': 'int' } }\n{ 'command': 'oops',\n  'data': 'Alt' }",
        Code::DataType,
        2,
    );
    refuses("# no\n{ 'command': 'oops',\n  'data': [ 'str' ] }", Code::WrongValueType, 2);
    refuses("{ 'event': 'OOPS', 'data': 'str' }", Code::DataType, 1);
}

#[test]
fn members_of_arguments() {
    refuses("{ 'command': 'oops',\n  'data': { 'empty': [ ] } }", Code::ArrayForm, 1);
    refuses("{ 'command': 'oops',\n  'data': { 'two': [ 'int', 'str' ] } }", Code::ArrayForm, 1);
    refuses("{ 'command': 'oops',\n  'data': { 'arg': 'NoSuchType' } }", Code::UnknownType, 1);
    // The pragma is for types.
    refuses_all(
        "{ 'pragma': { 'member-name-exceptions': [ 'oops' ] } }\n{ 'command': 'oops',\n  'data': { 'a-b': 'str', 'a_b': 'str' } }",
        &[(Code::NameCase, 2), (Code::NameClash, 2)],
    );
    refuses(
        "{ 'event': 'OOPS',\n  'data': { 'a': { 'integer': 'int', 'type': 'str' } } }",
        Code::UnknownKey,
        1,
    );
}

#[test]
fn boxed_arguments_have_a_named_type() {
    refuses(
        "{ 'command': 'foo',\n  'boxed': true,\n  'data': { 'string': 'str' } }",
        Code::WrongValueType,
        1,
    );
    refuses(
        "{ 'struct': 'Foo', 'data': { } }\n{ 'command': 'foo', 'data': 'Foo',\n 'boxed': 'yes' }",
        Code::FlagValue,
        2,
    );
    refuses(
        "{ 'struct': 'Foo', 'data': { } }\n{ 'command': 'foo', 'data': 'Foo',\n 'boxed': false }",
        Code::FlagValue,
        2,
    );
    refuses("{ 'command': 'foo', 'boxed': true }", Code::BoxedWithoutData, 1);
    refuses(
        "{ 'enum': 'Enum', 'data': [ 'a' ] }
{ 'union': 'Uni', 'base': { 'type': 'Enum' }, 'discriminator': 'type', 'data': { } }
{ 'event': 'OOPS',
  'data': 'Uni' }",
        Code::UnionNotBoxed,
        3,
    );
}

#[test]
fn conditional_arguments_are_boxed() {
    refuses(
        "{ 'command': 'foo',\n  'data': { 'a': 'int',\n            'b': { 'type': 'int', 'if': 'COND' } } }",
        Code::ConditionalNotBoxed,
        1,
    );
    refuses(
        "{ 'struct': 'Base', 'data': { 'a': { 'type': 'int', 'if': 'COND' } } }
{ 'struct': 'Args', 'base': 'Base', 'data': { } }
{ 'event': 'FOO',
  'data': 'Args' }",
        Code::ConditionalNotBoxed,
        3,
    );
}

#[test]
fn flags() {
    refuses("{ 'command': 'foo',\n  'allow-oob': 'some-string' }", Code::FlagValue, 1);
    refuses("{ 'command': 'foo',\n  'allow-preconfig': 'some-string' }", Code::FlagValue, 1);
    refuses("{ 'command': 'foo', 'gen': true }", Code::FlagValue, 1);
    refuses("{ 'command': 'foo', 'success-response': true }", Code::FlagValue, 1);
    refuses("{ 'command': 'foo', 'coroutine': false }", Code::FlagValue, 1);
    refuses("{ 'command': 'foo',\n  'coroutine': true, 'allow-oob': true }", Code::IncompatibleFlags, 1);
    refuses("{ 'event': 'FOO', 'gen': false }", Code::UnknownKey, 1);
}

#[test]
fn answers() {
    refuses(
        "{ 'alternate': 'Alt', 'data': { 'a': 'int' } }\n{ 'command': 'oops',\n 'returns': 'Alt' }",
        Code::ReturnsType,
        2,
    );
    refuses("{ 'command': 'oops',\n  'returns': [ 'str', 'str' ] }", Code::ArrayForm, 1);
    refuses("{ 'command': 'oops',\n  'returns': 'NoSuchType' }", Code::UnknownType, 1);
    refuses("{ 'command': 'oops',\n  'returns': [ 'NoSuchType' ] }", Code::UnknownType, 1);
    refuses(
        "{ 'pragma': { 'command-returns-exceptions': [ 'fine' ] } }
{ 'command': 'fine', 'returns': 'int' }
{ 'command': 'oops',
  'returns': 'int' }",
        Code::ReturnsType,
        3,
    );
    refuses(
        "{ 'enum': 'MyEnum', 'data': [ ] }\n{ 'command': 'oops', 'returns': [ 'MyEnum' ] }",
        Code::ReturnsType,
        2,
    );
    accepts("{ 'struct': 'Foo', 'data': { } }\n{ 'command': 'fine', 'returns': [ 'Foo' ] }");
}
