//! Finds the type of a given schema that describes the same places as a type of the answer.
//!
//! Both sides are walked in step. A type of the answer may meet several types of a schema, since names are masked and
//! versions differ. Each meeting counts as a vote.

use super::Names;
use crate::compat::{Integer, Scalar, Shape, TypeId, Wire, in_step};
use crate::ids::IdVec;
use crate::schema::{Builtin, DefId, Definition, Schema};
use std::collections::{BTreeMap, HashMap};

/// A schema that gives names.
pub(super) struct Source<'a> {
    pub(super) label: &'a str,
    pub(super) schema: &'a Schema,
    pub(super) wire: Wire,
    by_name: HashMap<&'a str, DefId>,
}

impl<'a> Source<'a> {
    pub(super) fn new(names: &Names<'a>) -> Self {
        let definitions = names.schema.definitions.entries();
        let by_name = definitions.map(|(id, found)| (found.name.as_str(), id)).collect();
        let wire = Wire::from_schema(names.schema);
        Source { label: names.label, schema: names.schema, wire, by_name }
    }

    /// The type as a built-in integer. `int` is none if the schema does not have its width.
    pub(super) fn integer(&self, ty: TypeId) -> Option<Builtin> {
        let found = self.wire.ty(ty);
        let known = !matches!(found.shape, Shape::Scalar(Scalar::Int(Integer::Unknown)));
        Builtin::from_name(&found.label).filter(|builtin| known && builtin.is_integer())
    }

    /// The definition of that name.
    pub(super) fn definition(&self, name: &str) -> Option<&'a Definition> {
        self.by_name.get(name).map(|&id| self.schema.definition(id))
    }
}

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
    for (source, given) in sources.iter().enumerate() {
        in_step(answer, &given.wire, |ty, known| {
            *pairs[ty].entry(Named { source, ty: known }).or_default() += 1;
        });
    }
    Pairs(pairs)
}
