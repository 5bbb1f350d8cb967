//! Names the types of an answer after the places that use them.

use crate::compose::{camel, choice_name};
use crate::ids::IdVec;
use crate::wire::{Class, Shape, TypeId, Wire};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// How often each type is referred to.
pub(super) struct Uses {
    counts: IdVec<TypeId, usize>,
    /// The empty object, which stands for no arguments and for no return value.
    pub(super) empty: Option<TypeId>,
}

impl Uses {
    /// Whether only one place refers to the type.
    pub(super) fn is_single(&self, ty: TypeId) -> bool {
        self.counts[ty] == 1
    }
}

/// Counts references.
pub(super) fn uses(wire: &Wire) -> Uses {
    let mut counts = wire.types.map(|_| 0);
    // The language cannot give a member the empty type, so an empty object that a member has is a struct.
    let mut structs = BTreeSet::new();
    for ty in wire.types.iter() {
        let mut count = |ty: TypeId, is_value: bool| {
            counts[ty] += 1;
            structs.extend(is_value.then_some(ty));
        };
        match &ty.shape {
            Shape::Scalar(_) | Shape::Enum(_) => {}
            Shape::Array(element) => count(*element, true),
            Shape::Object(object) => {
                object.members.iter().for_each(|member| count(member.ty, true));
                object.branches.iter().for_each(|branch| count(branch.ty, false));
            }
            Shape::Alternate(choices) => choices.iter().for_each(|choice| count(choice.ty, true)),
        }
    }
    let mut empties: BTreeMap<TypeId, usize> = BTreeMap::new();
    let commands = wire.commands.values().flat_map(|command| [command.arguments, command.returns]);
    for ty in commands.chain(wire.events.values().map(|event| event.data)) {
        counts[ty] += 1;
        if is_empty(wire, ty) && !structs.contains(&ty) {
            *empties.entry(ty).or_default() += 1;
        }
    }
    // A struct without members looks the same in an answer, but commands rarely have one as their data.
    let empty = empties.into_iter().max_by_key(|&(ty, count)| (count, Reverse(ty)));
    Uses { counts, empty: empty.map(|(ty, _)| ty) }
}

fn is_empty(wire: &Wire, ty: TypeId) -> bool {
    let plain = wire.ty(ty).features.is_empty();
    plain && wire.object(ty).is_some_and(|object| object.members.is_empty() && object.tag.is_none())
}

/// A place: its distance from the command or event in steps, and the names that it gives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    steps: usize,
    /// The name for a type at this place.
    pub(super) name: String,
    /// The prefix of names for the places below.
    prefix: String,
}

/// The first place of each type: the one with the fewest steps, then the first by name. This order keeps names stable
/// when a member is added elsewhere. `None` for types that no command or event reaches.
pub(super) fn find(wire: &Wire) -> IdVec<TypeId, Option<Place>> {
    let mut places: IdVec<TypeId, Option<Place>> = wire.types.map(|_| None);
    let mut level: Vec<(TypeId, Place)> = Vec::new();
    let mut root = |ty, name: &str, prefix: &str| {
        level.push((ty, Place { steps: 0, name: name.to_owned(), prefix: prefix.to_owned() }));
    };
    for (name, command) in &wire.commands {
        let own = camel(name);
        root(command.arguments, &format!("{own}Arguments"), &own);
        let reply = format!("{own}Reply");
        root(command.returns, &reply, &reply);
    }
    for (name, event) in &wire.events {
        let own = camel(name);
        root(event.data, &format!("{own}Data"), &own);
    }
    while !level.is_empty() {
        let mut next = Vec::new();
        // Among places at the same distance, the first name wins.
        level.sort_by(|(_, a), (_, b)| a.cmp(b));
        for (ty, place) in level {
            if places[ty].is_none() {
                below(wire, ty, &place, &mut next);
                places[ty] = Some(place);
            }
        }
        level = next;
    }
    places
}

fn below(wire: &Wire, ty: TypeId, place: &Place, next: &mut Vec<(TypeId, Place)>) {
    let mut step = |ty, word: &str| {
        let name = format!("{}{}", place.prefix, camel(word));
        next.push((ty, Place { steps: place.steps + 1, prefix: name.clone(), name }));
    };
    match &wire.ty(ty).shape {
        Shape::Scalar(_) | Shape::Enum(_) => {}
        Shape::Array(element) => {
            next.push((*element, Place { steps: place.steps + 1, ..place.clone() }));
        }
        Shape::Object(object) => {
            object.members.iter().for_each(|member| step(member.ty, &member.name));
            object.branches.iter().for_each(|branch| step(branch.ty, &branch.case));
        }
        Shape::Alternate(choices) => {
            for choice in choices {
                let class = wire.class(choice.ty);
                let is_enum = matches!(wire.ty(choice.ty).shape, Shape::Enum(_));
                let array = class == Some(Class::Array);
                step(choice.ty, if array { "element" } else { choice_name(class, is_enum) });
            }
        }
    }
}
