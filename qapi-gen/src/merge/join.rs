//! Joins the types of a group to one shape.
//!
//! | types of the group | shape |
//! |---|---|
//! | enums | an enum of all values |
//! | `str` and enums | received: the enum, which keeps unknown values; sent: `str` |
//! | integers | the narrowest type that has the values of all; if there is none, one of unknown width |
//! | integers and `number` | `number` |
//! | objects | see [`object`](super::object) |
//! | several classes, or alternates | an alternate |
//! | `any`, and anything | `any` |

use super::group::{self, Group, Met, Part, parts};
use super::object::{self, Object};
use super::unite::{any, marks};
use crate::compose::{Mark, Source, WIDE_INTEGER};
use crate::schema::{Builtin, Condition};
use crate::wire::{self, Class, Scalar};
use std::collections::BTreeSet;

/// The values of a group. `T` is a group that it refers to, first as such, later as a node of the walk.
#[derive(Clone, Debug)]
pub(super) enum Shape<T> {
    Builtin(&'static str),
    Enum(Vec<Value>),
    /// Text, and an enum.
    StrOrEnum(T),
    Array(T),
    Object(Object<T>),
    Alternate(Vec<Choice<T>>),
}

/// A value of an enum.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) name: String,
    pub(super) condition: Option<Condition>,
    pub(super) features: Vec<Mark>,
    /// The schemas that know it.
    pub(super) known: BTreeSet<usize>,
}

/// A choice of an alternate.
#[derive(Clone, Debug)]
pub(super) struct Choice<T> {
    pub(super) class: Class,
    pub(super) ty: T,
    pub(super) condition: Option<Condition>,
}

/// Joins a group.
pub(super) fn join(group: &Group, sources: &[Source<'_>]) -> Shape<Group> {
    let mut parts = parts(group, sources);
    if parts.any {
        return Shape::Builtin("any");
    }
    if parts.alternate || parts.by_class.len() > 1 {
        let choice =
            |(class, part): (Class, Part)| Choice { class, ty: part.group, condition: any(part.conditions) };
        return Shape::Alternate(parts.by_class.into_iter().map(choice).collect());
    }
    let Some((class, part)) = parts.by_class.pop_first() else {
        unreachable!("a group has at least one type");
    };
    match class {
        Class::Null => Shape::Builtin("null"),
        Class::Bool => Shape::Builtin("bool"),
        Class::Number => Shape::Builtin(number(&part.group, sources)),
        Class::String => text(part.group, sources),
        Class::Array => Shape::Array(elements(&part.group, sources)),
        Class::Object => Shape::Object(object::join(&part.group, sources)),
    }
}

/// The type of a group's member, which is no empty object.
fn found<'a>(met: Met, sources: &'a [Source<'_>]) -> &'a wire::Type {
    let ty = met.ty.unwrap_or_else(|| unreachable!("the empty object is of the class of objects"));
    sources[met.side].wire.ty(ty)
}

fn elements(group: &Group, sources: &[Source<'_>]) -> Group {
    let element = |met: &Met| match found(*met, sources).shape {
        wire::Shape::Array(element) => group::met(met.side, element, sources),
        _ => unreachable!("the class of arrays has arrays only"),
    };
    group.iter().map(element).collect()
}

fn text(group: Group, sources: &[Source<'_>]) -> Shape<Group> {
    let is_enum = |met: &Met| matches!(found(*met, sources).shape, wire::Shape::Enum(_));
    let (enums, strings): (Group, Group) = group.into_iter().partition(is_enum);
    match (enums.is_empty(), strings.is_empty()) {
        (true, _) => Shape::Builtin("str"),
        (false, true) => Shape::Enum(values(&enums, sources)),
        (false, false) => Shape::StrOrEnum(enums),
    }
}

/// All values, those of the newest schema first.
fn values(group: &Group, sources: &[Source<'_>]) -> Vec<Value> {
    let mut all: Vec<(usize, &wire::Value)> = Vec::new();
    for met in group.iter().rev() {
        if let wire::Shape::Enum(values) = &found(*met, sources).shape {
            all.extend(values.iter().map(|value| (met.side, value)));
        }
    }
    let mut out: Vec<Value> = Vec::new();
    for (_, value) in &all {
        if out.iter().any(|known| known.name == value.name) {
            continue;
        }
        let same = || all.iter().filter(|(_, other)| other.name == value.name);
        out.push(Value {
            name: value.name.clone(),
            condition: any(same().map(|(_, value)| value.condition.clone())),
            features: marks(same().map(|(_, value)| &*value.features)),
            known: same().map(|(side, _)| *side).collect(),
        });
    }
    out
}

/// The narrowest numeric type with the values of all.
fn number(group: &Group, sources: &[Source<'_>]) -> &'static str {
    let is_fraction = |met: &Met| matches!(found(*met, sources).shape, wire::Shape::Scalar(Scalar::Number));
    if group.iter().any(is_fraction) {
        return Builtin::Number.name();
    }
    let types = group.iter().map(|met| sources[met.side].integer(met.ty?)).collect::<Option<Vec<_>>>();
    // A width that one schema does not know, the result does not have.
    let Some(types) = types else { return WIDE_INTEGER };
    Builtin::narrowest(&types).map_or(WIDE_INTEGER, Builtin::name)
}
