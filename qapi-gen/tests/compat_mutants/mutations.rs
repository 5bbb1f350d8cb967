//! The mutations, one file a part of the language.

pub(crate) mod conditions;
pub(crate) mod interface;
pub(crate) mod marks;
pub(crate) mod members;
pub(crate) mod parts;
pub(crate) mod types;
pub(crate) mod unions;

use crate::laboratory::{Laboratory, Target};
use qapi_gen::stages::schema::*;
use qapi_gen::stages::source::{FileId, Span};

/// Where nothing of QEMU's schema stands.
fn nowhere() -> Span {
    Span::new(FileId::ROOT, u32::MAX - 1, u32::MAX)
}

fn feature(name: &str) -> Feature {
    Feature { name: name.to_owned(), span: nowhere(), condition: None }
}

fn define(name: &str) -> Option<Condition> {
    Some(Condition::Define(name.to_owned()))
}

fn plain(builtin: Builtin) -> Type {
    Type::Plain(TypeName::Builtin(builtin))
}

fn new_member(optional: bool) -> Member {
    Member {
        name: "mutant".to_owned(),
        span: nowhere(),
        optional,
        ty: plain(Builtin::Str),
        condition: None,
        features: Vec::new(),
    }
}

/// The members that a definition lists itself.
fn members(definition: &Definition) -> Option<&Vec<Member>> {
    match &definition.kind {
        DefinitionKind::Struct(Struct { members, .. })
        | DefinitionKind::Union(Union { base: Base::Inline(members), .. })
        | DefinitionKind::Command(Command { arguments: Arguments::Inline(members), .. })
        | DefinitionKind::Event(Event { data: Arguments::Inline(members) }) => Some(members),
        _ => None,
    }
}

fn members_mut(definition: &mut Definition) -> &mut Vec<Member> {
    match &mut definition.kind {
        DefinitionKind::Struct(Struct { members, .. })
        | DefinitionKind::Union(Union { base: Base::Inline(members), .. })
        | DefinitionKind::Command(Command { arguments: Arguments::Inline(members), .. })
        | DefinitionKind::Event(Event { data: Arguments::Inline(members) }) => members,
        _ => unreachable!("only what lists members is chosen"),
    }
}

/// The members that `want` takes; those that select branches and those with special features are left alone.
fn choose(want: impl Fn(&Member) -> bool) -> impl Fn(&Laboratory, &Definition) -> Vec<usize> {
    move |lab, definition| {
        let selects = |member: &Member| matches!(member.ty, Type::Plain(TypeName::Defined(id)) if lab.tags.contains(&id));
        let all = members(definition).map_or(&[][..], Vec::as_slice).iter().enumerate();
        all.filter(|(_, member)| want(member) && !selects(member) && !special(&member.features))
            .map(|(index, _)| index)
            .collect()
    }
}

fn special(features: &[Feature]) -> bool {
    features.iter().any(|feature| feature.name == "deprecated" || feature.name == "unstable")
}

fn on_member(change: impl Fn(&mut Member)) -> impl Fn(&mut Schema, Target) {
    move |schema, at| change(&mut members_mut(&mut schema.definitions[at.definition])[at.part])
}

/// The definition as a whole, if it is such a one.
fn whole(is: impl Fn(&Definition) -> bool) -> impl Fn(&Laboratory, &Definition) -> Vec<usize> {
    move |_, definition| if is(definition) { vec![0] } else { Vec::new() }
}

fn union_of(schema: &mut Schema, at: Target) -> &mut Union {
    match &mut schema.definitions[at.definition].kind {
        DefinitionKind::Union(union) => union,
        _ => unreachable!("only unions are chosen"),
    }
}

fn values_of(schema: &mut Schema, definition: DefId) -> &mut Vec<EnumValue> {
    match &mut schema.definitions[definition].kind {
        DefinitionKind::Enum(found) => &mut found.values,
        _ => unreachable!("only enumerations are chosen"),
    }
}
