//! The contents of the checked schema.

use super::super::{
    Arguments, Base, Condition, DefId, DefinitionKind, DocSectionKind, ModuleItem, Schema, Type, TypeName,
    load,
};
use super::{Options, accepts};
use crate::ids::Id;
use crate::loader::MemoryLoader;
use crate::schema::Builtin;

fn id(index: usize) -> DefId {
    DefId::from_index(index)
}

fn kind<'s>(schema: &'s Schema, name: &str) -> &'s DefinitionKind {
    let found = schema.definitions.iter().find(|definition| definition.name == name);
    &found.unwrap_or_else(|| panic!("{name} is not there")).kind
}

#[test]
fn references_are_ids() {
    let schema = accepts(
        "{ 'struct': 'Sub', 'base': 'Base', 'data': { 'list': ['Sub'], '*any': 'any' } }
         { 'struct': 'Base', 'data': { } }",
    )
    .schema;
    let DefinitionKind::Struct(sub) = kind(&schema, "Sub") else { panic!("a struct") };
    assert_eq!(sub.base, Some(id(1)));
    assert_eq!(sub.members[0].ty, Type::Array(TypeName::Defined(id(0))));
    assert_eq!(sub.members[1].ty, Type::Plain(TypeName::Builtin(Builtin::Any)));
    assert_eq!((sub.members[1].name.as_str(), sub.members[1].optional), ("any", true));
}

#[test]
fn unions_know_the_enum_of_their_discriminator() {
    let schema = accepts(
        "{ 'union': 'Uni', 'base': 'Sub', 'discriminator': 'tag', 'data': { 'a': { 'type': 'Base', 'if': 'A' } } }
         { 'struct': 'Sub', 'base': 'Top', 'data': { } }
         { 'struct': 'Top', 'data': { 'tag': 'Tag' } }
         { 'struct': 'Base', 'data': { } }
         { 'enum': 'Tag', 'data': [ 'b', 'a' ] }",
    )
    .schema;
    let DefinitionKind::Union(union) = kind(&schema, "Uni") else { panic!("a union") };
    assert!(matches!(union.base, Base::Named(base) if base == id(1)));
    assert_eq!(union.discriminator_enum, id(4));
    assert_eq!(union.branches.len(), 1);
    assert_eq!(union.branches[0].condition, Some(Condition::Define("A".into())));
}

#[test]
fn arguments_have_four_forms() {
    let schema = accepts(
        "{ 'command': 'none', 'data': { } }
         { 'command': 'inline', 'data': { 'a': 'int' } }
         { 'command': 'named', 'data': 'Foo', 'gen': false }
         { 'command': 'boxed', 'data': 'Foo', 'boxed': true }
         { 'struct': 'Foo', 'data': { } }",
    )
    .schema;
    let arguments = |name: &str| match kind(&schema, name) {
        DefinitionKind::Command(command) => &command.arguments,
        _ => panic!("{name} is a command"),
    };
    assert!(matches!(arguments("none"), Arguments::None));
    assert!(matches!(arguments("inline"), Arguments::Inline(members) if members.len() == 1));
    assert!(matches!(arguments("named"), Arguments::Named(of) if *of == id(4)));
    assert!(matches!(arguments("boxed"), Arguments::Boxed(of) if *of == id(4)));
}

#[test]
fn modules_are_in_the_order_of_the_includes() {
    let files = MemoryLoader::new()
        .file("s/root.json", "{ 'include': 'sub/a.json' }\n{ 'command': 'last' }\n{ 'include': 'b.json' }")
        .file("s/sub/a.json", "{ 'include': '../b.json' }\n{ 'command': 'second' }")
        .file("s/b.json", "{ 'command': 'first' }\n##\n# Free.\n##");
    let schema = load(&files, "s/root.json", &Options::default()).expect("the schema is right").schema;
    let modules: Vec<&str> = schema.modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(modules, ["root.json", "sub/a.json", "b.json"]);
    let names: Vec<&str> = schema.definitions.iter().map(|definition| definition.name.as_str()).collect();
    assert_eq!(names, ["first", "second", "last"]);
    assert!(matches!(
        schema.modules[Id::from_index(0)].items[..],
        [ModuleItem::Include(_), ModuleItem::Definition(last), ModuleItem::Include(_)] if last == id(2)
    ));
    assert!(matches!(
        schema.modules[Id::from_index(2)].items[..],
        [ModuleItem::Definition(first), ModuleItem::FreeForm(_)] if first == id(0)
    ));
}

#[test]
fn excused_members_get_an_empty_description() {
    let schema = accepts(
        "{ 'pragma': { 'documentation-exceptions': [ 'foo' ] } }
##
# @foo:
#
# Does it.
#
# @b: text
##
{ 'command': 'foo', 'data': { 'a': 'int', 'b': 'int' } }",
    )
    .schema;
    let doc = schema.definitions[id(0)].doc.as_ref().expect("there is documentation");
    let sections: Vec<(&DocSectionKind, &str)> =
        doc.sections.iter().map(|section| (&section.kind, section.text.as_str())).collect();
    let (a, b) = (DocSectionKind::Member("a".into()), DocSectionKind::Member("b".into()));
    assert_eq!(sections, [(&DocSectionKind::Plain, "Does it."), (&b, "text"), (&a, "")]);
}

#[test]
fn conditions_read_as_formulas() {
    let schema = accepts(
        "{ 'command': 'foo', 'if': { 'all': [ 'A', { 'not': { 'any': [ 'B', { 'not': 'C' } ] } } ] } }",
    );
    let condition = schema.schema.definitions[id(0)].condition.as_ref().expect("there is a condition");
    assert_eq!(condition.to_string(), "A && !(B || !C)");
}
