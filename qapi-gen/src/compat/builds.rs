//! Sets of builds: which of them have both sides of a place, and in which of these a part came or went.
//!
//! A build is a set of defines, and a condition is the set of builds in which it holds. Sets are kept as ordered binary
//! decision diagrams (Bryant: "Graph-based algorithms for Boolean function manipulation", 1986): equal sets have equal
//! ids, so that all questions are decided exactly. Conditions that would make diagrams too large are left undecided;
//! the caller assumes the worst of them.

use crate::ids::{IdVec, declare_ids};
use crate::schema::Condition;
use std::collections::HashMap;

declare_ids! {
    /// A set of builds.
    pub(super) struct Builds;
}

impl Builds {
    /// No build.
    pub(super) const NONE: Builds = Builds(0);
    /// Every build.
    pub(super) const ALL: Builds = Builds(1);
}

/// When a part of a schema is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existence<'c> {
    /// The schema does not have it.
    Never,
    /// In the builds where the condition holds, or in every build.
    If(Option<&'c Condition>),
}

/// The builds that have both sides of a place, by what they have of one of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Presence {
    /// They have the old part only.
    pub(super) lost: Builds,
    /// They have the new part only.
    pub(super) gained: Builds,
    /// They have both.
    pub(super) both: Builds,
}

/// A choice by one define.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Node {
    /// The number of the define. Numbers grow from a node to those below it.
    define: u32,
    unset: Builds,
    set: Builds,
}

/// With more defines than this the diagrams would be deep, and with more nodes large: QEMU has about 100 defines, which
/// make a few hundred nodes.
const MAX_DEFINES: u32 = 1000;
const MAX_NODES: usize = 1 << 17;

/// All sets of builds of a comparison.
#[derive(Debug)]
pub(super) struct Diagrams<'c> {
    nodes: IdVec<Builds, Node>,
    ids: HashMap<Node, Builds>,
    defines: HashMap<&'c str, u32>,
    /// The sets that were asked for: builds of the second where the first has them, and of the third elsewhere.
    choices: HashMap<[Builds; 3], Builds>,
}

impl<'c> Diagrams<'c> {
    pub(super) fn new() -> Self {
        let mut nodes = IdVec::new();
        for end in [Builds::NONE, Builds::ALL] {
            // The two ends are below every define.
            nodes.push(Node { define: u32::MAX, unset: end, set: end });
        }
        Diagrams { nodes, ids: HashMap::new(), defines: HashMap::new(), choices: HashMap::new() }
    }

    /// How a part changed in the builds `within`.
    pub(super) fn presence(&mut self, within: Builds, old: Existence<'c>, new: Existence<'c>) -> Presence {
        if old == new {
            let both = self.existing(old).and_then(|holds| self.and(within, holds)).unwrap_or(within);
            return Presence { lost: Builds::NONE, gained: Builds::NONE, both };
        }
        self.decide(within, old, new).unwrap_or_else(|| {
            let possible = |existence| if existence == Existence::Never { Builds::NONE } else { within };
            let (lost, gained) = (possible(old), possible(new));
            let both = if lost == gained { within } else { Builds::NONE };
            Presence { lost, gained, both }
        })
    }

    /// Whether the part may be there in some of the builds.
    pub(super) fn overlaps(&mut self, within: Builds, existence: Existence<'c>) -> bool {
        let both = self.existing(existence).and_then(|holds| self.and(within, holds));
        both != Some(Builds::NONE)
    }

    /// The builds of either set. More builds than that are returned if the set would be too large.
    pub(super) fn union(&mut self, one: Builds, other: Builds) -> Builds {
        self.choice(one, Builds::ALL, other).unwrap_or(Builds::ALL)
    }

    fn decide(&mut self, within: Builds, old: Existence<'c>, new: Existence<'c>) -> Option<Presence> {
        let (old, new) = (self.existing(old)?, self.existing(new)?);
        let (old, new) = (self.and(within, old)?, self.and(within, new)?);
        Some(Presence {
            lost: self.choice(new, Builds::NONE, old)?,
            gained: self.choice(old, Builds::NONE, new)?,
            both: self.and(old, new)?,
        })
    }

    fn existing(&mut self, existence: Existence<'c>) -> Option<Builds> {
        match existence {
            Existence::Never => Some(Builds::NONE),
            Existence::If(None) => Some(Builds::ALL),
            Existence::If(Some(condition)) => self.holding(condition),
        }
    }

    fn holding(&mut self, condition: &'c Condition) -> Option<Builds> {
        match condition {
            Condition::Define(name) => {
                let next = u32::try_from(self.defines.len()).ok()?;
                let define = *self.defines.entry(name).or_insert(next);
                if define >= MAX_DEFINES {
                    return None;
                }
                self.node(Node { define, unset: Builds::NONE, set: Builds::ALL })
            }
            Condition::Not(condition) => {
                let holds = self.holding(condition)?;
                self.choice(holds, Builds::NONE, Builds::ALL)
            }
            Condition::All(conditions) => conditions.iter().try_fold(Builds::ALL, |all, condition| {
                let holds = self.holding(condition)?;
                self.and(all, holds)
            }),
            Condition::Any(conditions) => conditions.iter().try_fold(Builds::NONE, |any, condition| {
                let holds = self.holding(condition)?;
                self.choice(any, Builds::ALL, holds)
            }),
        }
    }

    fn and(&mut self, one: Builds, other: Builds) -> Option<Builds> {
        self.choice(one, other, Builds::NONE)
    }

    /// The builds of `then` that `question` has, and those of `other` that it does not have.
    fn choice(&mut self, question: Builds, then: Builds, other: Builds) -> Option<Builds> {
        match (question, then, other) {
            (Builds::ALL, found, _) | (Builds::NONE, _, found) => return Some(found),
            (_, Builds::ALL, Builds::NONE) => return Some(question),
            (_, then, other) if then == other => return Some(then),
            _ => {}
        }
        let asked = [question, then, other];
        if let Some(&known) = self.choices.get(&asked) {
            return Some(known);
        }
        let define = asked.map(|builds| self.nodes[builds].define).into_iter().min()?;
        let half = |set: bool| {
            asked.map(|builds| {
                let node = self.nodes[builds];
                let below = if set { node.set } else { node.unset };
                if node.define == define { below } else { builds }
            })
        };
        let ([q, t, o], unset) = (half(true), half(false));
        let set = self.choice(q, t, o)?;
        let [q, t, o] = unset;
        let unset = self.choice(q, t, o)?;
        let found = self.node(Node { define, unset, set })?;
        self.choices.insert(asked, found);
        Some(found)
    }

    fn node(&mut self, node: Node) -> Option<Builds> {
        if node.set == node.unset {
            return Some(node.set);
        }
        if let Some(&known) = self.ids.get(&node) {
            return Some(known);
        }
        if self.nodes.len() >= MAX_NODES {
            return None;
        }
        let id = self.nodes.push(node);
        self.ids.insert(node, id);
        Some(id)
    }
}

#[cfg(test)]
mod tests;
