//! Names the types.

use super::join::Shape;
use super::walk::{Node, NodeId, Walk};
use crate::compose::{Source, free, is_name};
use crate::schema::Definition;
use crate::wire::{self, TypeId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The names of the types that have one.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    names: HashMap<NodeId, String>,
    /// Names that several types have in the schemas, with the names of these types in the merged one.
    pub(super) apart: BTreeMap<String, Vec<String>>,
}

impl Chosen {
    /// The name of an enum, an object or an alternate.
    pub(super) fn name(&self, id: NodeId) -> &str {
        self.names.get(&id).unwrap_or_else(|| unreachable!("every type that is referred to by name has one"))
    }
}

/// Chooses names. The newest schema's name wins; a second type of that name gets the name that an older schema has for
/// it, or the name with the schema's label.
pub(super) fn choose(walk: &Walk, sources: &[Source<'_>], inline: &BTreeSet<NodeId>) -> Chosen {
    let mut chosen = Chosen::default();
    let mut taken = HashSet::new();
    let named = |(id, node): &(NodeId, &Node)| !inline.contains(id) && has_name(node);
    let types: Vec<(NodeId, &Node)> = walk.reached().filter(named).collect();
    let mut candidates = Vec::new();
    for (id, node) in &types {
        for (side, label) in labels(node, sources) {
            candidates.push((Reverse(side), Reverse(node.group.len()), Reverse(node.uses), label, *id));
        }
    }
    candidates.sort();
    for (.., label, id) in &candidates {
        if !chosen.names.contains_key(id) && taken.insert((*label).to_owned()) {
            chosen.names.insert(*id, (*label).to_owned());
        }
    }
    for (id, node) in types {
        let wanted = match labels(node, sources).next() {
            _ if chosen.names.contains_key(&id) => continue,
            Some((side, label)) => format!("{label}V{}", word(sources[side].label)),
            None => node.place.name.clone(),
        };
        let name = free(&wanted, &mut taken);
        if let Some((_, label)) = labels(node, sources).next() {
            chosen.apart.entry(label.to_owned()).or_default().push(name.clone());
        }
        chosen.names.insert(id, name);
    }
    chosen
}

/// Whether a definition describes the group.
pub(super) fn has_name(node: &Node) -> bool {
    matches!(node.shape, Shape::Enum(_) | Shape::Object(_) | Shape::Alternate(_))
}

/// The definitions that a group joins, those of the newest schema last. A group that becomes an alternate joins other
/// types, too, which stay types of their own.
pub(super) fn definitions<'a, 'b>(
    node: &'b Node,
    sources: &'b [Source<'a>],
) -> impl DoubleEndedIterator<Item = (usize, &'b Source<'a>, TypeId, &'a Definition)> {
    let becomes_alternate = matches!(node.shape, Shape::Alternate(_));
    node.group.iter().filter_map(move |met| {
        let (source, ty) = (&sources[met.side], met.ty?);
        let is_alternate = matches!(source.wire.ty(ty).shape, wire::Shape::Alternate(_));
        let definition = source.defined(ty).filter(|_| is_alternate == becomes_alternate)?;
        Some((met.side, source, ty, definition))
    })
}

/// The names that the schemas have for a group's types, the newest first.
fn labels<'a>(node: &'a Node, sources: &'a [Source<'_>]) -> impl Iterator<Item = (usize, &'a str)> {
    let named = definitions(node, sources).map(|(side, _, _, definition)| (side, definition.name.as_str()));
    named.rev().filter(|(_, name)| is_name(name))
}

/// The letters and digits of a label.
fn word(label: &str) -> String {
    label.chars().filter(char::is_ascii_alphanumeric).collect()
}
