//! Rules for structs.

use super::{accepts, refuses, refuses_all};
use crate::diagnostic::Code;

#[test]
fn a_base_is_a_struct() {
    refuses(
        "{ 'union': 'Union', 'base': { 't': 'Enum' }, 'discriminator': 't', 'data': { } }
{ 'struct': 'MyType',
  'base': 'Union', 'data': { } }
{ 'enum': 'Enum', 'data': [ 'a' ] }",
        Code::BaseNotStruct,
        2,
    );
    refuses("{ 'struct': 'Foo', 'base': 'NoSuch', 'data': { } }", Code::UnknownType, 1);
    refuses("{ 'struct': 'Foo', 'base': 'cmd', 'data': { } }\n{ 'command': 'cmd' }", Code::UnknownType, 1);
}

#[test]
fn circles_of_bases_are_found_where_they_are_entered() {
    refuses(
        "# a circle\n{ 'struct': 'Base1', 'base': 'Base2', 'data': { } }\n{ 'struct': 'Base2', 'base': 'Base1', 'data': { } }",
        Code::ContainsItself,
        2,
    );
    // The cycle is entered at `Two`, from outside.
    refuses(
        "{ 'struct': 'One', 'base': 'Two', 'data': { } }
{ 'struct': 'Three', 'base': 'Two', 'data': { } }
{ 'struct': 'Two', 'base': 'Three', 'data': { } }",
        Code::ContainsItself,
        3,
    );
    refuses(
        "{ 'command': 'foo', 'data': 'Two' }
{ 'struct': 'One', 'base': 'Two', 'data': { } }
{ 'struct': 'Two', 'base': 'One', 'data': { } }",
        Code::ContainsItself,
        3,
    );
}

#[test]
fn members_of_bases_clash() {
    refuses(
        "{ 'struct': 'Base', 'data': { 'name': 'str' } }
{ 'struct': 'Mid', 'base': 'Base', 'data': { 'value': 'int' } }
{ 'struct': 'Sub',
  'base': 'Mid',
  'data': { '*name': 'str' } }",
        Code::NameClash,
        3,
    );
    // Siblings do not.
    accepts(
        "{ 'struct': 'Base', 'data': { 'name': 'str' } }
         { 'struct': 'One', 'base': 'Base', 'data': { 'value': 'int' } }
         { 'struct': 'Two', 'base': 'Base', 'data': { 'value': 'int' } }",
    );
}

#[test]
fn forms_of_data_and_members() {
    refuses("{ 'struct': 'Foo',\n  'data': false }", Code::WrongValueType, 1);
    refuses("{ 'struct': 'Foo',\n  'data': 'Bar' }", Code::WrongValueType, 1);
    refuses("# no\n{ 'struct': 'Foo',\n  'data': { 'a': false } }", Code::WrongValueType, 2);
    refuses("{ 'struct': 'Foo', 'data': { 'a': [ [ 'int' ] ] } }", Code::ArrayForm, 1);
}

#[test]
fn faults_of_all_definitions_are_reported() {
    refuses_all(
        "{ 'struct': 'One', 'data': { 'a': 'Missing' } }
{ 'enum': 'two', 'data': [ ] }
{ 'command': 'three', 'returns': 'int' }",
        &[(Code::UnknownType, 1), (Code::NameCase, 2), (Code::ReturnsType, 3)],
    );
}
