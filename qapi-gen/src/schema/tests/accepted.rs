//! Schemas that look doubtful but are valid.

use super::accepts;

#[test]
fn empty_things() {
    accepts("");
    accepts("{ 'enum': 'MyEnum', 'data': [ ] }");
    accepts("{ 'struct': 'Empty', 'data': { } }\n{ 'struct': 'Sub', 'base': 'Empty', 'data': { } }");
    accepts("{ 'command': 'foo', 'data': { }, 'features': [ ] }");
    accepts("{ 'event': 'FOO', 'data': { } }");
}

#[test]
fn forward_references_and_recursion_through_members() {
    accepts(
        "{ 'struct': 'Foo', 'data': { 'a': 'Bar', '*next': 'Foo' } }\n{ 'struct': 'Bar', 'data': { '*a': ['Foo'] } }",
    );
    accepts("{ 'alternate': 'Alt', 'data': { 'a': 'Foo' } }\n{ 'struct': 'Foo', 'data': { '*alt': 'Alt' } }");
}

#[test]
fn all_flags_of_commands() {
    accepts(
        "{ 'command': 'foo', 'gen': false, 'success-response': false, 'allow-preconfig': true, 'coroutine': true }",
    );
    accepts("{ 'command': 'foo', 'allow-oob': true, 'allow-preconfig': true }");
}

#[test]
fn commands_that_a_pragma_excuses() {
    accepts(
        "{ 'pragma': { 'command-returns-exceptions': [ 'foo' ] } }\n{ 'command': 'foo', 'returns': ['str'] }",
    );
    accepts("{ 'command': 'do_it' }\n{ 'pragma': { 'command-name-exceptions': [ 'do_it' ] } }");
}

#[test]
fn special_features_where_they_are_allowed() {
    accepts(
        "{ 'struct': 'Foo', 'data': { 'a': { 'type': 'int', 'features': [ 'deprecated' ] } } }
         { 'enum': 'MyEnum', 'data': [ { 'name': 'a', 'features': [ 'unstable' ] } ] }
         { 'command': 'foo', 'features': [ 'deprecated', 'unstable' ] }
         { 'event': 'FOO', 'features': [ { 'name': 'deprecated', 'if': 'COND' } ] }",
    );
}

#[test]
fn names_differ_between_definitions_as_written() {
    // They would clash in C, but not in Rust, and QEMU accepts them too.
    accepts(
        "{ 'pragma': { 'command-name-exceptions': [ 'a_b' ] } }\n{ 'command': 'a_b' }\n{ 'command': 'a-b' }",
    );
}

#[test]
fn conditional_members_of_boxed_arguments() {
    accepts(
        "{ 'struct': 'Args', 'data': { 'a': { 'type': 'int', 'if': 'COND' } } }
         { 'command': 'foo', 'boxed': true, 'data': 'Args' }",
    );
}

#[test]
fn the_enum_of_the_language_is_a_type_like_others() {
    accepts("{ 'struct': 'Foo', 'data': { 'a': 'QType', 'b': ['QType'] } }");
}
