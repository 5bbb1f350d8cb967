//! Finds the type of a given schema that describes the same places as a type of the answer.
//!
//! Both sides are walked in step, from commands and events of the same name down through members, branches, elements
//! and alternatives. A type of the answer may meet several types of a schema, since names are masked and versions
//! differ. Each meeting counts as a vote.

use crate::compose::Source;
use crate::ids::IdVec;
use crate::wire::{Shape, TypeId, Wire};
use std::collections::{BTreeMap, HashSet};

/// A type of a given schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Named {
    /// The index of the source.
    pub(super) source: usize,
    pub(super) ty: TypeId,
}

/// For each type of the answer, the schema types that describe the same places, with the number of such places.
pub(super) struct Pairs(IdVec<TypeId, BTreeMap<Named, usize>>);

impl Pairs {
    /// All schema types that the type meets, and how often.
    pub(super) fn of(&self, ty: TypeId) -> impl Iterator<Item = (Named, usize)> {
        self.0[ty].iter().map(|(&named, &votes)| (named, votes))
    }

    /// The schema type that it meets most often, from the first schema that describes the place.
    pub(super) fn best(&self, ty: TypeId) -> Option<Named> {
        let first = self.of(ty).map(|(named, _)| named.source).min()?;
        let own = self.of(ty).filter(|(named, _)| named.source == first);
        own.max_by_key(|&(named, votes)| (votes, std::cmp::Reverse(named.ty))).map(|(named, _)| named)
    }
}

/// Pairs the types of `answer` with those of `sources`.
pub(super) fn find(answer: &Wire, sources: &[Source<'_>]) -> Pairs {
    let mut pairs = answer.types.map(|_| BTreeMap::new());
    for (index, source) in sources.iter().enumerate() {
        let mut walk =
            Walk { answer, source, index, pairs: &mut pairs, seen: HashSet::new(), todo: Vec::new() };
        walk.run();
    }
    Pairs(pairs)
}

struct Walk<'a> {
    answer: &'a Wire,
    source: &'a Source<'a>,
    index: usize,
    pairs: &'a mut IdVec<TypeId, BTreeMap<Named, usize>>,
    seen: HashSet<(TypeId, TypeId)>,
    todo: Vec<(TypeId, TypeId)>,
}

impl Walk<'_> {
    fn run(&mut self) {
        for (name, command) in &self.answer.commands {
            if let Some(known) = self.source.wire.commands.get(name) {
                self.meet(command.arguments, known.arguments);
                self.meet(command.returns, known.returns);
            }
        }
        for (name, event) in &self.answer.events {
            if let Some(known) = self.source.wire.events.get(name) {
                self.meet(event.data, known.data);
            }
        }
        while let Some((ty, known)) = self.todo.pop() {
            self.descend(ty, known);
        }
    }

    /// Records that two types describe the same place.
    fn meet(&mut self, ty: TypeId, known: TypeId) {
        let alike = matches!(
            (&self.answer.ty(ty).shape, &self.source.wire.ty(known).shape),
            (Shape::Scalar(_), Shape::Scalar(_))
                | (Shape::Enum(_), Shape::Enum(_))
                | (Shape::Array(_), Shape::Array(_))
                | (Shape::Object(_), Shape::Object(_))
                | (Shape::Alternate(_), Shape::Alternate(_))
        );
        if !alike {
            return;
        }
        *self.pairs[ty].entry(Named { source: self.index, ty: known }).or_default() += 1;
        if self.seen.insert((ty, known)) {
            self.todo.push((ty, known));
        }
    }

    fn descend(&mut self, ty: TypeId, known: TypeId) {
        let (answer, wire) = (self.answer, &self.source.wire);
        match (&answer.ty(ty).shape, &wire.ty(known).shape) {
            (Shape::Array(element), Shape::Array(other)) => self.meet(*element, *other),
            (Shape::Object(object), Shape::Object(other)) => {
                for member in &object.members {
                    if let Some(found) = other.members.iter().find(|found| found.name == member.name) {
                        self.meet(member.ty, found.ty);
                    }
                }
                for branch in &object.branches {
                    if let Some(found) = other.branches.iter().find(|found| found.case == branch.case) {
                        self.meet(branch.ty, found.ty);
                    }
                }
            }
            (Shape::Alternate(choices), Shape::Alternate(others)) => {
                for choice in choices {
                    let class = answer.class(choice.ty);
                    if let Some(found) = others.iter().find(|found| wire.class(found.ty) == class) {
                        self.meet(choice.ty, found.ty);
                    }
                }
            }
            _ => {}
        }
    }
}
