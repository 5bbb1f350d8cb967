//! The types that describe one place, taken apart by the class of their values.

use crate::compose::Source;
use crate::schema::Condition;
use crate::wire::{Class, Scalar, Shape, TypeId};
use std::collections::{BTreeMap, BTreeSet};

/// A type of one of the schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Met {
    /// The index of the schema. Later ones are newer.
    pub(super) side: usize,
    /// `None` is an object without members: no arguments, no return value, a branch that is not there.
    pub(super) ty: Option<TypeId>,
}

/// A type of the schema `side`. The object without members and without a name is the empty one.
pub(super) fn met(side: usize, ty: TypeId, sources: &[Source<'_>]) -> Met {
    let object = sources[side].wire.object(ty);
    let empty = object.is_some_and(|object| object.members.is_empty() && object.tag.is_none());
    Met { side, ty: (!empty || sources[side].defined(ty).is_some()).then_some(ty) }
}

/// The types that describe one place. A schema can have several there, when different branches of a union are joined.
pub(super) type Group = BTreeSet<Met>;

/// The types of a group that take values of one class.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) group: Group,
    /// The conditions of the choices; `None` is always.
    pub(super) conditions: Vec<Option<Condition>>,
}

/// A group, by class.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) by_class: BTreeMap<Class, Part>,
    /// Whether a type takes any value.
    pub(super) any: bool,
    /// Whether a type is an alternate.
    pub(super) alternate: bool,
}

/// Takes a group apart.
pub(super) fn parts(group: &Group, sources: &[Source<'_>]) -> Parts {
    let mut parts = Parts::default();
    for &met in group {
        let Some(ty) = met.ty else {
            parts.add(Class::Object, met, None);
            continue;
        };
        let source = &sources[met.side];
        match &source.wire.ty(ty).shape {
            Shape::Scalar(Scalar::Any) => parts.any = true,
            Shape::Alternate(choices) => {
                parts.alternate = true;
                for choice in choices {
                    let met = Met { ty: Some(choice.ty), ..met };
                    let class = source.wire.class(choice.ty).unwrap_or_else(unmixed);
                    parts.add(class, met, choice.condition.clone());
                }
            }
            _ => {
                let class = source.wire.class(ty).unwrap_or_else(unmixed);
                parts.add(class, met, source.condition(ty).cloned());
            }
        }
    }
    parts
}

fn unmixed() -> Class {
    unreachable!("check rejects alternates in alternates, and `any` in them")
}

impl Parts {
    fn add(&mut self, class: Class, met: Met, condition: Option<Condition>) {
        let part = self.by_class.entry(class).or_default();
        part.group.insert(met);
        part.conditions.push(condition);
    }
}
