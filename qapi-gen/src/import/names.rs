//! Chooses one name for each type: from a given schema, or after the type's first place.

use super::pairs::{Named, Pairs};
use super::places::{Place, Uses};
use crate::compose::{Source, free, is_name};
use crate::ids::IdVec;
use crate::wire::{Shape, TypeId, Wire};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The names of the types that have one.
pub(super) struct Chosen {
    names: HashMap<TypeId, String>,
    /// The types that a given schema named, with the schema's type.
    pub(super) given: HashMap<TypeId, Named>,
    /// Notes for the user about names that did not fit.
    pub(super) conflicts: Vec<String>,
}

impl Chosen {
    /// The name of an enum, an object or an alternate that a command or event reaches.
    pub(super) fn name(&self, ty: TypeId) -> Option<&str> {
        self.names.get(&ty).map(String::as_str)
    }
}

/// Chooses names. A schema's type gives its name to only one type of the answer: the one with which it shares most
/// places.
pub(super) fn choose(
    wire: &Wire,
    sources: &[Source<'_>],
    pairs: &Pairs,
    places: &IdVec<TypeId, Option<Place>>,
    uses: &Uses,
) -> Chosen {
    let mut chosen = Chosen { names: HashMap::new(), given: HashMap::new(), conflicts: Vec::new() };
    let named = |ty: &TypeId| {
        Some(*ty) != uses.empty && !matches!(wire.ty(*ty).shape, Shape::Scalar(_) | Shape::Array(_))
    };
    let reached: Vec<TypeId> = wire.types.ids().filter(|ty| places[*ty].is_some()).filter(named).collect();
    let mut taken: HashSet<String> = HashSet::new();
    let mut candidates = Vec::new();
    for &ty in &reached {
        for (named, votes) in pairs.of(ty) {
            let source = &sources[named.source];
            let label = source.wire.ty(named.ty).label.as_str();
            if is_name(label) && source.definition(label).is_some() {
                let likeness = likeness(wire, ty, &source.wire, named.ty);
                let rank = (named.source, Reverse(votes), Reverse(likeness), label);
                candidates.push((rank, ty, named));
            }
        }
    }
    // Greedy: earlier schemas first, then pairs with more votes, then those that share more members.
    candidates.sort();
    for ((.., label), ty, named) in candidates {
        if !chosen.names.contains_key(&ty) && taken.insert(label.to_owned()) {
            chosen.names.insert(ty, label.to_owned());
            chosen.given.insert(ty, named);
        }
    }
    let mut rest: Vec<(&Place, TypeId)> = (reached.iter())
        .filter(|ty| !chosen.names.contains_key(ty))
        .filter_map(|&ty| places[ty].as_ref().map(|place| (place, ty)))
        .collect();
    rest.sort();
    for (place, ty) in rest {
        let met: BTreeSet<&str> = pairs
            .of(ty)
            .map(|(named, _)| sources[named.source].wire.ty(named.ty).label.as_str())
            .filter(|label| is_name(label))
            .collect();
        let name = free(&place.name, &mut taken);
        if !met.is_empty() {
            let met = met.into_iter().collect::<Vec<_>>().join(", ");
            chosen.conflicts.push(format!("{name} shares places with {met}, which another type is named"));
        }
        chosen.names.insert(ty, name);
    }
    chosen
}

/// How many members, branches and values two types share.
fn likeness(wire: &Wire, ty: TypeId, other: &Wire, known: TypeId) -> usize {
    match (&wire.ty(ty).shape, &other.ty(known).shape) {
        (Shape::Enum(values), Shape::Enum(others)) => {
            let names: HashSet<&str> = others.iter().map(|value| value.name.as_str()).collect();
            values.iter().filter(|value| names.contains(value.name.as_str())).count()
        }
        (Shape::Object(object), Shape::Object(other)) => {
            let members: HashSet<&str> = other.members.iter().map(|member| member.name.as_str()).collect();
            let cases: HashSet<&str> = other.branches.iter().map(|branch| branch.case.as_str()).collect();
            object.members.iter().filter(|member| members.contains(member.name.as_str())).count()
                + object.branches.iter().filter(|branch| cases.contains(branch.case.as_str())).count()
        }
        _ => 0,
    }
}
