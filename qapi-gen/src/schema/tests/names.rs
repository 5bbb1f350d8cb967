//! Rules for names, and reserved names.

use super::{accepts, refuses, refuses_all};
use crate::diagnostic::Code;

#[test]
fn definitions_have_distinct_names() {
    refuses("{ 'struct': 'Foo', 'data': { } }\n{ 'enum': 'Foo', 'data': [ ] }", Code::DuplicateDefinition, 2);
    refuses("{ 'struct': 'QType', 'data': { } }", Code::DuplicateDefinition, 1);
    refuses_all(
        "{ 'command': 'str' }\n{ 'command': 'foo' }\n{ 'command': 'foo' }\n{ 'command': 'foo' }",
        &[(Code::DuplicateDefinition, 1), (Code::DuplicateDefinition, 3), (Code::DuplicateDefinition, 4)],
    );
}

#[test]
fn reserved_names() {
    refuses("{ 'struct': 'FooList',\n  'data': { 's': 'str' } }", Code::ReservedName, 1);
    refuses("{ 'enum': 'List', 'data': [ ] }", Code::ReservedName, 1);
    refuses("{ 'struct': 'Foo',\n  'data': { 'unix': 'int', 'q-unix': 'bool' } }", Code::ReservedName, 1);
    refuses("{ 'struct': 'Foo',\n  'data': { 'has-a': 'str' } }", Code::ReservedName, 1);
    refuses("{ 'struct': 'Foo',\n  'data': { '*u': 'str' } }", Code::ReservedName, 1);
    accepts("{ 'struct': 'FooKind', 'data': { 'q': 'str', 'unit': 'str', 'hash': 'str' } }");
}

#[test]
fn malformed_names() {
    refuses("# no\n{ 'struct': 'Oops',\n  'data': { '_oops': 'str' } }", Code::InvalidName, 2);
    refuses("{ 'struct': 'Oops', 'data': { '**a': 'str' } }", Code::InvalidName, 1);
    refuses("{ 'struct': 'Oops', 'data': { '*': 'str' } }", Code::InvalidName, 1);
    refuses("{ 'struct': '1Oops', 'data': { } }", Code::InvalidName, 1);
    refuses("{ 'command': '__com.redhat' }", Code::InvalidName, 1);
}

#[test]
fn case() {
    refuses("{ 'command': 'do_it' }", Code::NameCase, 1);
    refuses("{ 'event': 'FOO-BAR' }", Code::NameCase, 1);
    refuses("{ 'struct': 'FOO', 'data': { } }", Code::NameCase, 1);
    refuses("{ 'struct': 'Foo_Bar', 'data': { } }", Code::NameCase, 1);
    refuses("{ 'struct': 'Foo',\n  'data': { 'a_b': 'int' } }", Code::NameCase, 1);
}

#[test]
fn downstream_names() {
    accepts(
        "{ 'enum': '__org.qemu_x-Enum', 'data': [ '__org.qemu_x-value' ] }
         { 'struct': '__org.qemu_Struct', 'data': { '__org.qemu_x-member1': '__org.qemu_x-Enum' } }
         { 'command': '__org.qemu_x-command', 'data': '__org.qemu_Struct' }
         { 'event': '__ORG.QEMU_X-EVENT' }",
    );
    refuses("{ 'command': '__org.qemu_do_it' }", Code::NameCase, 1);
}
