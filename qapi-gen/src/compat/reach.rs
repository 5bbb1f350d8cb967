//! Which commands and events reach a type, and how.

use super::change::{Direction, Reach};
use super::path::{Path, Paths, Step};
use crate::ids::IdVec;
use crate::wire::{Shape, TypeId, Wire};
use std::collections::VecDeque;

/// A command or event, and the member of its message that refers to a type.
#[derive(Clone, Copy)]
struct Root<'w> {
    name: &'w str,
    member: &'static str,
    direction: Direction,
}

/// The references to each type of a schema.
pub(super) struct Graph<'w> {
    parents: IdVec<TypeId, Vec<(TypeId, Step<'w>)>>,
    roots: IdVec<TypeId, Vec<Root<'w>>>,
}

impl<'w> Graph<'w> {
    pub(super) fn new(wire: &'w Wire) -> Self {
        let mut graph =
            Graph { parents: wire.types.map(|_| Vec::new()), roots: wire.types.map(|_| Vec::new()) };
        for (name, command) in &wire.commands {
            let sent = Root { name, member: "arguments", direction: Direction::Sent };
            graph.roots[command.arguments].push(sent);
            let received = Root { name, member: "return", direction: Direction::Received };
            graph.roots[command.returns].push(received);
        }
        for (name, event) in &wire.events {
            graph.roots[event.data].push(Root { name, member: "data", direction: Direction::Received });
        }
        for id in wire.types.ids() {
            match &wire.ty(id).shape {
                Shape::Scalar(_) | Shape::Enum(_) => {}
                Shape::Array(element) => graph.parents[*element].push((id, Step::Element)),
                Shape::Object(object) => {
                    for member in &object.members {
                        graph.parents[member.ty].push((id, Step::Member(&member.name)));
                    }
                    for branch in &object.branches {
                        let tag = object.tag.as_deref().unwrap_or_default();
                        graph.parents[branch.ty].push((id, Step::Case(tag, &branch.case)));
                    }
                }
                Shape::Alternate(alternatives) => {
                    for one in alternatives {
                        let class = wire.class(one.ty).map_or("any", |class| class.name());
                        graph.parents[one.ty].push((id, Step::Class(class)));
                    }
                }
            }
        }
        graph
    }

    /// A shortest path from every command and event to something in a type, which `rest` leads to.
    pub(super) fn reaches(&self, ty: TypeId, rest: &str) -> Vec<Reach> {
        // The walk goes from the type towards the roots, breadth-first: the first step out of a type is on a shortest way.
        let mut steps: IdVec<TypeId, Option<(TypeId, Step<'w>)>> = self.parents.map(|_| None);
        let mut todo = VecDeque::from([ty]);
        let mut found = Vec::new();
        while let Some(id) = todo.pop_front() {
            for root in &self.roots[id] {
                let mut paths = Paths::default();
                let path = paths.root(root.name);
                let mut path = paths.then(path, Step::Member(root.member));
                let mut at = id;
                while at != ty
                    && let Some((below, step)) = steps[at]
                {
                    path = paths.then(path, step);
                    at = below;
                }
                found.push(reach(&paths, path, root, rest));
            }
            for &(parent, step) in &self.parents[id] {
                if parent != ty && steps[parent].is_none() {
                    steps[parent] = Some((id, step));
                    todo.push_back(parent);
                }
            }
        }
        found
    }
}

fn reach(paths: &Paths<'_>, path: Path, root: &Root<'_>, rest: &str) -> Reach {
    Reach {
        direction: root.direction,
        root: root.name.to_owned(),
        path: format!("{}{rest}", paths.print(path)),
    }
}
