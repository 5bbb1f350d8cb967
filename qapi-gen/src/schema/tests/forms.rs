//! Keys, values, conditions, features.

use super::{accepts, refuses, refuses_all};
use crate::diagnostic::Code;

#[test]
fn kinds_of_definitions() {
    refuses("{ }", Code::DefinitionKind, 1);
    refuses("\n{ 'data': { } }", Code::DefinitionKind, 2);
    refuses("{ 'command': true }", Code::NameNotAString, 1);
    refuses("{ 'enum': 'MyEnum', 'event': 'FOO', 'data': [ ] }", Code::DefinitionKind, 1);
}

#[test]
fn keys() {
    refuses("{ 'event': 'FOO', 'returns': 'int' }", Code::UnknownKey, 1);
    refuses_all("{ 'union': 'Uni' }", &[(Code::MissingKey, 1); 3]);
    refuses("{ 'struct': 'Foo' }", Code::MissingKey, 1);
    refuses_all(
        "{ 'struct': 'Foo', 'base': [ 'Bar' ], 'data': { 'a': false } }",
        &[(Code::WrongValueType, 1); 2],
    );
}

#[test]
fn conditions() {
    let of = |condition: &str| format!("# if\n{{ 'struct': 'Foo', 'data': {{ }},\n  'if': {condition} }}");
    refuses(&of("[ 'A' ]"), Code::ConditionForm, 2);
    refuses(&of("true"), Code::ConditionForm, 2);
    refuses(&of("{ }"), Code::ConditionForm, 2);
    refuses(&of("{ 'any': [ 'A' ], 'all': [ 'B' ] }"), Code::ConditionForm, 2);
    refuses(&of("{ 'not': '' }"), Code::ConditionName, 2);
    refuses(&of("{ 'not': [ ] }"), Code::ConditionForm, 2);
    refuses(&of("{ 'any': 'A' }"), Code::ConditionForm, 2);
    refuses(&of("{ 'any': [ ] }"), Code::ConditionForm, 2);
    refuses(&of("{ 'all': [ 'A', '' ] }"), Code::ConditionName, 2);
    refuses(&of("'A B'"), Code::ConditionName, 2);
    refuses(&of("'_A'"), Code::ConditionName, 2);
    accepts(&of("{ 'all': [ 'A', { 'any': [ 'B1', { 'not': 'C_2' } ] } ] }"));
}

#[test]
fn conditions_of_members() {
    refuses("{ 'struct': 'Stru',\n  'data': { 'a': { 'type': 'int', 'if': { } } } }", Code::ConditionForm, 1);
    refuses(
        "{ 'enum': 'Tag', 'data': [ 'a' ] }
{ 'struct': 'Foo', 'data': { } }
{ 'union': 'Uni', 'base': { 'tag': 'Tag' }, 'discriminator': 'tag',
  'data': { 'a': { 'type': 'Foo', 'if': { 'any': [ '' ] } } } }",
        Code::ConditionName,
        3,
    );
}

#[test]
fn features() {
    let of = |features: &str| format!("{{ 'struct': 'Foo', 'data': {{ }},\n  'features': {features} }}");
    refuses(&of("[ [ ] ]"), Code::NameNotAString, 1);
    refuses(&of("[ 'foo', 'bar', 'foo' ]"), Code::NameClash, 1);
    refuses(&of("[ { 'name': 'foo', 'colour': 'red' } ]"), Code::UnknownKey, 1);
    refuses(&of("[ 'Foo' ]"), Code::NameCase, 1);
    refuses(&of("[ '' ]"), Code::InvalidName, 1);
    refuses(&of("{ }"), Code::WrongValueType, 1);
    refuses(&of("[ 'unstable' ]"), Code::SpecialFeatureOnType, 1);
    accepts(&of("[ 'foo', { 'name': 'bar', 'if': 'COND' } ]"));
}

#[test]
fn features_have_a_limit() {
    let of = |count: usize| {
        let names: Vec<String> = (0..count).map(|number| format!("'f{number}'")).collect();
        format!("{{ 'command': 'foo' }}\n{{ 'command': 'bar',\n  'features': [ {} ] }}", names.join(", "))
    };
    accepts(&of(62));
    refuses(&of(63), Code::TooManyFeatures, 2);
    // The special features always count.
    accepts(&of(62).replace("'f0',", "'f0', 'deprecated', 'unstable',"));
}

#[test]
fn features_are_not_for_branches() {
    refuses(
        "{ 'enum': 'Tag', 'data': [ 'a' ] }
{ 'struct': 'Foo', 'data': { } }
{ 'union': 'Uni', 'base': { 'tag': 'Tag' }, 'discriminator': 'tag',
  'data': { 'a': { 'type': 'Foo', 'features': [ 'x' ] } } }",
        Code::UnknownKey,
        3,
    );
}

/// Unknown types are reported unless the unreadable part may define them.
#[test]
fn faults_of_form_hide_no_others() {
    refuses_all(
        "{ 'struct': 'Aaa', 'data': { 'a': 'Bbb', 'c': 'Ccc' } }\n{ 'struct': 'Bbb' 'data': {} }",
        &[(Code::UnknownType, 1), (Code::UnexpectedToken, 2)],
    );
    refuses_all(
        "##\n# @Aaa:\n#\n# @b:\n##\n{ 'struct': 'Aaa', 'data': { 'b': 'Bbb' } }",
        &[(Code::DocEmptySection, 4), (Code::UnknownType, 6)],
    );
}
