//! Rules for unions.

use super::{accepts, refuses, refuses_all};
use crate::diagnostic::Code;

/// Two enums and two structs, on four lines.
const TYPES: &str = "{ 'enum': 'Tag', 'data': [ 'one', 'two' ] }
{ 'enum': 'None', 'data': [ ] }
{ 'struct': 'One', 'data': { 'string': 'str' } }
{ 'struct': 'Two', 'data': { 'integer': 'int' } }
";

fn union(rest: &str) -> String {
    format!("{TYPES}{{ 'union': 'Uni',\n{rest} }}")
}

#[test]
fn unions_that_are_right() {
    accepts(&union(
        "'base': { 'tag': 'Tag' }, 'discriminator': 'tag', 'data': { 'two': 'Two', 'one': 'Two' }",
    ));
    accepts(&union("'base': { 'tag': 'Tag' }, 'discriminator': 'tag', 'data': { }"));
}

#[test]
fn discriminators() {
    refuses(
        &union("'base': { 'tag': 'str' }, 'discriminator': 'tag', 'data': { 'one': 'One' }"),
        Code::DiscriminatorNotEnum,
        5,
    );
    refuses(
        &union("'base': { 'tag': ['Tag'] }, 'discriminator': 'tag', 'data': { 'one': 'One' }"),
        Code::DiscriminatorNotEnum,
        5,
    );
    refuses(
        &union("'base': { '*tag': 'Tag' }, 'discriminator': 'tag', 'data': { 'one': 'One' }"),
        Code::DiscriminatorOptional,
        5,
    );
    refuses(
        &union(
            "'base': { 'tag': { 'type': 'Tag', 'if': 'COND' } },\n'discriminator': 'tag', 'data': { 'one': 'One' }",
        ),
        Code::DiscriminatorConditional,
        5,
    );
    refuses(
        &union("'base': { 'tag': 'Tag' }, 'discriminator': 'wrong',\n'data': { 'one': 'One' }"),
        Code::DiscriminatorUnknown,
        5,
    );
    refuses(
        &union("'base': { },\n'discriminator': 'wrong',\n'data': { 'one': 'One' }"),
        Code::DiscriminatorUnknown,
        5,
    );
    refuses(&union("'base': { 'tag': 'Tag' },\n'data': { 'one': 'One' }"), Code::MissingKey, 5);
    refuses(
        &union("'base': { 'tag': 'Tag' },\n'discriminator': [ ], 'data': { 'one': 'One' }"),
        Code::WrongValueType,
        5,
    );
}

#[test]
fn a_discriminator_may_be_inherited() {
    accepts(&format!(
        "{TYPES}{{ 'struct': 'Base', 'data': {{ 'tag': 'Tag' }} }}
{{ 'struct': 'Sub', 'base': 'Base', 'data': {{ 'more': 'int' }} }}
{{ 'union': 'Uni', 'base': 'Sub', 'discriminator': 'tag', 'data': {{ 'one': 'One' }} }}"
    ));
}

#[test]
fn branches() {
    refuses(
        &union("'base': { 'tag': 'None' },\n'discriminator': 'tag', 'data': { }"),
        Code::UnionWithoutBranches,
        5,
    );
    refuses(
        &union("'base': { 'tag': 'Tag' },\n'discriminator': 'tag', 'data': { 'one': 'int' }"),
        Code::BranchType,
        5,
    );
    refuses(
        &union("'base': { 'tag': 'Tag' },\n'discriminator': 'tag', 'data': { 'one': 'Tag' }"),
        Code::BranchType,
        5,
    );
    refuses(
        &union("'base': { 'tag': 'Tag' },\n'discriminator': 'tag', 'data': { 'one': [ 'One' ] }"),
        Code::WrongValueType,
        5,
    );
    refuses(
        &union("'base': { 'tag': 'Tag' },\n'discriminator': 'tag', 'data': { 'one': 'Missing' }"),
        Code::UnknownType,
        5,
    );
    refuses(
        &union("'base': { 'tag': 'Tag' },\n'discriminator': 'tag', 'data': { 'three': 'One' }"),
        Code::BranchUnknownValue,
        5,
    );
    refuses(
        &union("'base': { 'tag': 'Tag' },\n'discriminator': 'tag', 'data': { '*one': 'One' }"),
        Code::BranchUnknownValue,
        5,
    );
    refuses_all(
        &union("'base': { 'tag': 'Tag' },\n'discriminator': 'tag', 'data': { 'one': { 'integer': 'if' } }"),
        &[(Code::MissingKey, 5), (Code::UnknownKey, 5)],
    );
}

#[test]
fn bases() {
    refuses(
        &union("'base': 'Missing',\n'discriminator': 'tag', 'data': { 'one': 'One' }"),
        Code::UnknownType,
        5,
    );
    refuses(
        &union("'base': 'Tag',\n'discriminator': 'tag', 'data': { 'one': 'One' }"),
        Code::BaseNotStruct,
        5,
    );
    refuses(
        &union("'base': false,\n'discriminator': 'tag', 'data': { 'one': 'One' }"),
        Code::WrongValueType,
        5,
    );
    refuses_all(
        &union("'base': { 'tag': { 'string': 'Tag' } },\n'discriminator': 'tag', 'data': { 'one': 'One' }"),
        &[(Code::MissingKey, 5), (Code::UnknownKey, 5)],
    );
}

#[test]
fn members_of_branches_clash_with_common_ones() {
    refuses(
        &union(
            "'base': { 'tag': 'Tag', 'string': 'int' },\n'discriminator': 'tag', 'data': { 'one': 'One', 'two': 'Two' }",
        ),
        Code::NameClash,
        5,
    );
    // For a branch that is a union: its common members, and those of its branches.
    let nested = format!(
        "{TYPES}{{ 'union': 'Inner', 'base': {{ 'kind': 'Tag' }}, 'discriminator': 'kind', 'data': {{ 'one': 'One' }} }}\n"
    );
    for common in ["string", "kind"] {
        let outer = "'discriminator': 'tag',\n'data': { 'one': 'Inner', 'two': 'Inner' } }";
        let schema =
            format!("{nested}{{ 'union': 'Outer', 'base': {{ 'tag': 'Tag', '{common}': 'str' }},\n{outer}");
        refuses(&schema, Code::NameClash, 6);
    }
}

#[test]
fn clashes_are_found_from_either_side() {
    // The branch has more members than the union, then fewer.
    let many = "'a1': 'int', 'a2': 'int', 'a3': 'int', 'a4': 'int', 'clash': 'int'";
    for (common, branch) in [("'clash': 'int'", many), (many, "'clash': 'int'")] {
        refuses(
            &format!(
                "{{ 'enum': 'Tag', 'data': [ 'one' ] }}
{{ 'struct': 'Root', 'data': {{ {branch} }} }}
{{ 'struct': 'Branch', 'base': 'Root', 'data': {{ }} }}
{{ 'union': 'Uni', 'base': {{ 'tag': 'Tag', {common} }},
  'discriminator': 'tag', 'data': {{ 'one': 'Branch' }} }}"
            ),
            Code::NameClash,
            4,
        );
    }
}

#[test]
fn a_union_does_not_contain_itself() {
    refuses(
        &union("'base': { 'tag': 'Tag' },\n'discriminator': 'tag', 'data': { 'one': 'Uni' }"),
        Code::ContainsItself,
        5,
    );
}

/// Each common member then occurs twice in the union.
#[test]
fn a_branch_is_not_the_base() {
    refuses(
        "{ 'enum': 'Tag', 'data': [ 'a' ] }
{ 'struct': 'Base', 'data': { 'tag': 'Tag' } }
{ 'union': 'Uni', 'base': 'Base', 'discriminator': 'tag',
  'data': { 'a': 'Base' } }",
        Code::NameClash,
        3,
    );
}
