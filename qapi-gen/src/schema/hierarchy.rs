//! The members of objects, their own and their bases'.
//!
//! Structs form a forest, each below its base. A depth-first search numbers them, so that everything below an object
//! has numbers in one range. One search among the owners of a name then tells whether an object has a member of that
//! name, and a chain of bases as long as the schema costs no more than its members.

use super::draft::{Body, Draft, Drafts, Member};
use super::names::c_name;
use super::symbols::Symbols;
use super::{DefId, TypeName};
use crate::ids::IdVec;
use crate::source::Span;
use std::borrow::Cow;
use std::collections::HashMap;

/// The members of all objects. Objects whose bases form a cycle have none.
pub(super) struct Hierarchy<'d, 'a> {
    drafts: &'d Drafts<'a>,
    places: IdVec<DefId, Place>,
    owners: HashMap<Cow<'d, str>, Vec<Owner<'d, 'a>>>,
}

/// The place of an object in the forest.
#[derive(Clone, Copy, Default)]
struct Place {
    base: Option<DefId>,
    /// The numbers of the object and everything below it; empty if it is part of a cycle.
    first: u32,
    end: u32,
    /// How many members it has.
    size: usize,
    /// How many of them share their name with a member of another object.
    shared: usize,
    /// A member with a condition.
    conditional: Option<Span>,
}

/// The objects that have a member of a certain name.
struct Owner<'d, 'a> {
    number: u32,
    id: DefId,
    member: &'d Member<'a>,
}

impl<'d, 'a> Hierarchy<'d, 'a> {
    pub(super) fn new(symbols: &Symbols<'_>, drafts: &'d Drafts<'a>) -> Self {
        let places =
            drafts.iter().map(|draft| Place { base: base(symbols, drafts, draft), ..Place::default() });
        let mut hierarchy = Hierarchy { drafts, places: places.collect(), owners: HashMap::new() };
        let order = hierarchy.number();
        for &id in &order {
            for member in drafts[id].own_members() {
                let owner = Owner { number: hierarchy.places[id].first, id, member };
                hierarchy.owners.entry(c_name(member.name)).or_default().push(owner);
            }
        }
        for &id in &order {
            hierarchy.count(id);
        }
        hierarchy
    }

    /// Numbers all objects and returns them in that order. A base comes before the objects based on it.
    fn number(&mut self) -> Vec<DefId> {
        let mut derived: IdVec<DefId, Vec<DefId>> = self.places.map(|_| Vec::new());
        let mut steps = Vec::new();
        // Reversed, because the stack below returns the last entry first. Objects whose bases form a cycle are not
        // reached from any root, and keep an empty range.
        for (id, place) in self.places.entries().rev() {
            match place.base {
                Some(base) => derived[base].push(id),
                None => steps.push((id, false)),
            }
        }
        let mut order = Vec::with_capacity(self.places.len());
        // An explicit stack. The second visit to an object comes after everything below it was visited.
        while let Some((id, visited)) = steps.pop() {
            if visited {
                self.places[id].end = order.len() as u32;
            } else {
                self.places[id].first = order.len() as u32;
                order.push(id);
                steps.push((id, true));
                steps.extend(derived[id].iter().map(|&id| (id, false)));
            }
        }
        order
    }

    /// Counts an object's members. Its base was counted before.
    fn count(&mut self, id: DefId) {
        let base = self.places[id].base.map(|base| self.places[base]).unwrap_or_default();
        let own = self.drafts[id].own_members();
        let is_shared = |member: &&Member<'_>| self.owners[&c_name(member.name)].len() > 1;
        let shared = base.shared + own.iter().filter(is_shared).count();
        let conditional = own.iter().find(|member| member.condition.is_some()).map(|member| member.span);
        let place = &mut self.places[id];
        place.size = base.size + own.len();
        place.shared = shared;
        place.conditional = base.conditional.or(conditional);
    }

    /// The struct that an object is based on.
    pub(super) fn base(&self, id: DefId) -> Option<DefId> {
        self.places[id].base
    }

    /// Whether all members of the object are known, because its bases form no cycle.
    pub(super) fn is_whole(&self, id: DefId) -> bool {
        self.places[id].end > self.places[id].first
    }

    /// How many members an object has, its bases' included.
    pub(super) fn size(&self, id: DefId) -> usize {
        self.places[id].size
    }

    /// Whether a member of the object shares its name with a member of another object.
    pub(super) fn shares_names(&self, id: DefId) -> bool {
        self.places[id].shared > 0
    }

    /// A member with a condition, own or inherited.
    pub(super) fn conditional(&self, id: DefId) -> Option<Span> {
        self.places[id].conditional
    }

    /// The member whose name in C is `name`, with its owner.
    pub(super) fn find(&self, id: DefId, name: &str) -> Option<(DefId, &'d Member<'a>)> {
        let owners = self.owners.get(name).filter(|_| self.is_whole(id))?;
        let number = self.places[id].first;
        // The ranges of owners are disjoint unless there is a clash, which is reported elsewhere.
        let owner = owners[..owners.partition_point(|owner| owner.number <= number)].last()?;
        (number < self.places[owner.id].end).then_some((owner.id, owner.member))
    }

    /// The members of an object, its own first, each with its owner.
    pub(super) fn members(&self, id: DefId) -> impl Iterator<Item = (DefId, &'d Member<'a>)> {
        let chain = std::iter::successors(self.is_whole(id).then_some(id), |&id| self.places[id].base);
        chain.flat_map(|id| self.drafts[id].own_members().iter().map(move |member| (id, member)))
    }
}

fn base(symbols: &Symbols<'_>, drafts: &Drafts<'_>, draft: &Draft<'_>) -> Option<DefId> {
    match symbols.find(&draft.base()?.text)? {
        TypeName::Defined(id) => matches!(drafts[id].body, Body::Struct { .. }).then_some(id),
        TypeName::Builtin(_) => None,
    }
}
