//! What was joined.

use super::join::Shape;
use super::names::Chosen;
use super::walk::{NodeId, Walk};
use crate::compose::Source;
use crate::ids::IdVec;
use std::collections::BTreeMap;
use std::fmt;

/// The summary of a merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Each schema's label, how many commands and events it has, and how many of these no other schema has.
    pub sides: Vec<(String, usize, usize)>,
    /// How many commands and events there are.
    pub interface: usize,
    /// Places where types of different kinds were joined, and what became of them.
    pub joined: Vec<(String, &'static str)>,
    /// Names that several types have, with the names of the others.
    pub apart: BTreeMap<String, Vec<String>>,
}

impl Summary {
    pub(super) fn new(walk: &Walk, sources: &[Source<'_>], chosen: &Chosen) -> Summary {
        let names = || walk.commands.keys().chain(walk.events.keys());
        let knows = |source: &Source<'_>, name: &String| {
            source.wire.commands.contains_key(name) || source.wire.events.contains_key(name)
        };
        let side = |source: &Source<'_>| {
            let own = names().filter(|name| knows(source, name));
            let alone =
                own.clone().filter(|name| sources.iter().filter(|other| knows(other, name)).count() == 1);
            (source.label.to_owned(), own.count(), alone.count())
        };
        Summary {
            sides: sources.iter().map(side).collect(),
            interface: names().count(),
            joined: joined(walk, sources),
            apart: chosen.apart.clone(),
        }
    }
}

fn joined(walk: &Walk, sources: &[Source<'_>]) -> Vec<(String, &'static str)> {
    let all: IdVec<NodeId, Option<&'static str>> = walk.nodes.map(|id| {
        let node = &walk.nodes[id];
        let alternates = node.group.iter().any(|met| {
            met.ty.is_some_and(|ty| {
                matches!(sources[met.side].wire.ty(ty).shape, crate::wire::Shape::Alternate(_))
            })
        });
        match &node.shape {
            Shape::StrOrEnum(_) if node.sent => Some("text"),
            Shape::StrOrEnum(_) => Some("an enum that keeps unknown values"),
            Shape::Object(object) if !object.unions.is_empty() => Some("a struct, of a union"),
            Shape::Alternate(_) if !alternates => Some("an alternate"),
            _ => None,
        }
    });
    let reached = walk.reached().filter_map(|(id, node)| Some((node.place.path.clone(), all[id]?)));
    reached.collect()
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} commands and events", self.interface)?;
        for (label, own, alone) in &self.sides {
            writeln!(f, "{label} knows {own} of them, {alone} of which no other schema knows")?;
        }
        for (place, result) in &self.joined {
            writeln!(f, "{place} has become {result}")?;
        }
        for (name, others) in &self.apart {
            writeln!(f, "{name} is the name of several types; others are called {}", others.join(", "))?;
        }
        Ok(())
    }
}
