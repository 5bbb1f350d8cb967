//! Rules for documentation that has to match its definition.

use super::{accepts, refuses};
use crate::diagnostic::Code;

#[test]
fn documentation_names_its_definition() {
    refuses("##\n# @food:\n##\n{ 'command': 'foo' }", Code::DocWrongName, 4);
}

#[test]
fn documentation_may_be_required() {
    refuses("{ 'pragma': { 'doc-required': true } }\n\n{ 'command': 'undocumented' }", Code::DocRequired, 3);
    // The pragma applies to the whole schema, including the definitions before it.
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

#[test]
fn descriptions_have_a_text() {
    let of = |text: &str| {
        format!("##\n# @foo:\n#\n# @a:{text}\n##\n{{ 'command': 'foo', 'data': {{ 'a': 'int' }} }}")
    };
    refuses(&of(""), Code::DocEmptySection, 4);
    refuses(&of("\n#"), Code::DocEmptySection, 4);
    accepts(&of("\n#     text"));
    refuses(
        "##\n# @foo:\n#\n# Features:\n#\n# @a:\n##\n{ 'command': 'foo', 'features': [ 'a' ] }",
        Code::DocEmptySection,
        6,
    );
}

/// As in QEMU, only the second line of the text has to keep the indentation of the first.
#[test]
fn text_may_be_indented_less_behind_its_second_line() {
    let of = |text: &str| {
        format!("##\n# @foo:\n#\n# @a: text\n{text}##\n{{ 'command': 'foo', 'data': {{ 'a': 'int' }} }}")
    };
    refuses(&of("#     more\n#   less\n"), Code::DocBadIndent, 6);
    accepts(&of("#     more\n#     more\n#   less\n"));
}

#[test]
fn blanks_and_ends_of_lines_are_pythons() {
    accepts("{ 'struct':\u{a0}'Foo',\u{1c}'data': {} }");
    accepts("# a comment\r{ 'struct': 'Foo', 'data': {} }");
    refuses("# a comment\r{ 'struct': 'foo', 'data': {} }", Code::NameCase, 2);
}
