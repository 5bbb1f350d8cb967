//! Documentation against definitions.

use super::{accepts, refuses};
use crate::diagnostic::Code;

#[test]
fn documentation_names_its_definition() {
    refuses("##\n# @food:\n##\n{ 'command': 'foo' }", Code::DocWrongName, 4);
}

#[test]
fn documentation_may_be_required() {
    refuses("{ 'pragma': { 'doc-required': true } }\n\n{ 'command': 'undocumented' }", Code::DocRequired, 3);
    // The pragma is for the whole schema, what stands before it too.
    refuses("{ 'command': 'undocumented' }\n{ 'pragma': { 'doc-required': true } }", Code::DocRequired, 1);
    accepts("{ 'pragma': { 'doc-required': true } }\n##\n# @foo:\n##\n{ 'command': 'foo' }");
}

#[test]
fn what_is_described_is_there() {
    let of = |definition: &str| format!("##\n# @Foo:\n#\n# @a: a\n#\n# @b: b\n##\n{definition}");
    refuses(&of("{ 'enum': 'Foo', 'data': [ 'a' ] }"), Code::DocUnknownMember, 6);
    refuses(&of("{ 'struct': 'Foo', 'data': { 'b': 'int' } }"), Code::DocUnknownMember, 4);
    refuses(&of("{ 'alternate': 'Foo', 'data': { 'a': 'int' } }"), Code::DocUnknownMember, 6);
    accepts(&of("{ 'struct': 'Foo', 'data': { '*a': 'int', 'b': 'int' } }"));
}

#[test]
fn members_of_named_types_are_described_there() {
    let args = "{ 'struct': 'Args', 'data': { 'a': 'int' } }\n";
    refuses(
        &format!("{args}##\n# @foo:\n#\n# @a: a\n##\n{{ 'command': 'foo', 'boxed': true, 'data': 'Args' }}"),
        Code::DocUnknownMember,
        5,
    );
    refuses(
        &format!("{args}##\n# @foo:\n#\n# @a: a\n##\n{{ 'command': 'foo', 'data': 'Args' }}"),
        Code::DocUnknownMember,
        5,
    );
    refuses(
        &format!("{args}##\n# @Foo:\n#\n# @a: a\n##\n{{ 'struct': 'Foo', 'base': 'Args', 'data': {{ }} }}"),
        Code::DocUnknownMember,
        5,
    );
    // Branches of a union are not described.
    refuses(
        "{ 'enum': 'Tag', 'data': [ 'a' ] }\n{ 'struct': 'Args', 'data': { } }
##
# @Foo:
#
# @tag: the tag
#
# @a: branch
##
{ 'union': 'Foo', 'base': { 'tag': 'Tag' }, 'discriminator': 'tag', 'data': { 'a': 'Args' } }",
        Code::DocUnknownMember,
        8,
    );
}

#[test]
fn what_is_there_is_described() {
    refuses("##\n# @foo:\n##\n{ 'command': 'foo',\n  'data': { 'a': 'int' } }", Code::DocMissingMember, 4);
    refuses("##\n# @Foo:\n##\n{ 'enum': 'Foo',\n  'data': [ 'a' ] }", Code::DocMissingMember, 4);
    refuses("##\n# @foo:\n##\n{ 'command': 'foo',\n  'features': [ 'fast' ] }", Code::DocMissingFeature, 4);
    refuses(
        "##\n# @Foo:\n#\n# @a: a\n##\n{ 'struct': 'Foo',\n  'data': { 'a': { 'type': 'int', 'features': [ 'fast' ] } } }",
        Code::DocMissingFeature,
        6,
    );
    accepts(
        "{ 'pragma': { 'documentation-exceptions': [ 'foo' ] } }\n##\n# @foo:\n##\n{ 'command': 'foo', 'data': { 'a': 'int' } }",
    );
}

#[test]
fn sections_of_commands() {
    refuses("##\n# @FOO:\n#\n# Errors: some\n##\n{ 'event': 'FOO' }", Code::DocSectionNotCommand, 4);
    refuses("##\n# @foo:\n#\n# Returns: blah\n##\n{ 'command': 'foo' }", Code::DocReturnsNothing, 4);
    accepts("##\n# @foo:\n#\n# Errors: some\n##\n{ 'command': 'foo' }");
}
