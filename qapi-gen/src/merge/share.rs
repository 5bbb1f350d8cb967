//! Lets a group use the type of a larger one.
//!
//! A place that only some schemas have makes a group of its own, although its types are joined with others elsewhere.
//! One type for both is what a user expects, and it takes all values of each.

use super::group::Group;
use super::join::Shape;
use super::walk::{Node, NodeId, Walk};
use crate::ids::IdVec;
use std::collections::HashMap;

/// Redirects each reference to the largest group with the same types and more.
pub(super) fn share(walk: &mut Walk) {
    walk.mark();
    let target = targets(walk);
    for id in walk.nodes.ids() {
        walk.nodes[id].shape.redirect(&target);
    }
    for command in walk.commands.values_mut() {
        command.arguments = target[command.arguments];
        command.returns = target[command.returns];
    }
    walk.events.values_mut().for_each(|data| *data = target[*data]);
}

fn targets(walk: &Walk) -> IdVec<NodeId, NodeId> {
    let mut by_type = HashMap::new();
    for (id, node) in walk.nodes.entries().filter(|(_, node)| is_shareable(node)) {
        for met in &node.group {
            by_type.entry(*met).or_insert_with(Vec::new).push(id);
        }
    }
    walk.nodes.map(|id| {
        let node = &walk.nodes[id];
        let candidates = node.group.first().and_then(|met| by_type.get(met)).filter(|_| is_shareable(node));
        let larger = candidates.into_iter().flatten().copied().filter(|&other| {
            let other = &walk.nodes[other];
            kind(other) == kind(node) && other.group.is_superset(&node.group)
        });
        // Prefer the group with the most types, and among equals the one that most places use.
        larger.max_by_key(|&other| (walk.nodes[other].group.len(), walk.nodes[other].uses)).unwrap_or(id)
    })
}

/// Whether the group becomes a type with a name, and has one type of each schema. Where a schema has several types, or
/// none, the joined type is too loose for other places.
fn is_shareable(node: &Node) -> bool {
    kind(node).is_some() && has_one_type_each(&node.group)
}

fn has_one_type_each(group: &Group) -> bool {
    let mut sides: Vec<usize> = group.iter().map(|met| met.side).collect();
    sides.dedup();
    sides.len() == group.len() && group.iter().all(|met| met.ty.is_some())
}

/// The kind of a type that has a name.
fn kind(node: &Node) -> Option<&'static str> {
    match node.shape {
        Shape::Enum(_) => Some("enum"),
        Shape::Object(_) => Some("object"),
        Shape::Alternate(_) => Some("alternate"),
        Shape::Builtin(_) | Shape::StrOrEnum(_) | Shape::Array(_) => None,
    }
}
