//! What the walk found, and the list of changes that it becomes.

use super::super::change::{Change, Direction, Reach, Verdict};
use super::super::kind::Kind;
use super::super::path::Path;
use super::super::reach::Graph;
use super::{At, Comparer, Places, Walk};
use crate::wire::{Place, TypeId};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// The types on both sides that have a change, and the way from them to it; or a command or event, and the way from it.
#[derive(Clone, Copy)]
pub(super) enum Holder {
    Types(TypeId, TypeId, Path),
    Root(Direction),
}

/// A change, before its paths are printed.
pub(super) struct Found {
    pub(super) change: Change,
    pub(super) path: Path,
    /// The end of the path: a value or a feature.
    pub(super) tail: String,
    /// Where it was found, and the path from the beginning.
    pub(super) holders: Vec<(Holder, Path)>,
    /// Whether the old side has what changed.
    pub(super) is_old: bool,
    /// For a branch that came or went with its value: the change of the value.
    pub(super) value: Option<(Kind, Place)>,
}

impl Found {
    /// The same change at another position.
    pub(super) fn again(&mut self, at: At, verdict: Verdict, rule: &str, holder: (Holder, Path)) {
        let change = &mut self.change;
        if verdict < change.verdict {
            change.verdict = verdict;
            change.rule = rule.to_owned();
            self.path = at.path;
        }
        if at.direction == Direction::CommandLine {
            return;
        }
        if change.direction != at.direction {
            change.direction = Direction::Both;
        }
        self.holders.push(holder);
    }
}

impl Comparer<'_> {
    pub(super) fn holder(&self, at: At) -> (Holder, Path) {
        let holder = match self.current {
            Some(pair) => Holder::Types(pair.old, pair.new, pair.at.path),
            None => Holder::Root(at.direction),
        };
        (holder, at.path)
    }

    /// The name of the definition that lists what changed.
    pub(super) fn definition(&self, at: At, places: Places) -> String {
        let owner = match (places.old, places.new) {
            (Some(old), _) => old.span.and_then(|span| self.old.owners.get(&span)),
            (None, new) => new.and_then(|new| new.span).and_then(|span| self.new.owners.get(&span)),
        };
        match (owner, self.current) {
            (Some(owner), _) => owner.clone(),
            (None, Some(pair)) => self.old.ty(pair.old).label.clone(),
            (None, None) => self.paths.beginning(at.path).to_owned(),
        }
    }

    pub(super) fn finish(self) -> Walk {
        let (old, new) = (OnceCell::new(), OnceCell::new());
        // A value and its branch are one change, that of the value.
        let mut known: HashMap<(Kind, Option<Place>), usize> = HashMap::new();
        for ((kind, old, new, _), &index) in &self.known {
            // The first of several, in whatever order the map has them.
            let first = known.entry((*kind, old.or(*new))).or_insert(index);
            *first = index.min(*first);
        }
        let value_of = |found: &Found| {
            let (kind, place) = found.value?;
            known.get(&(kind, Some(place))).copied()
        };
        let branched: HashSet<usize> = self.found.iter().filter_map(value_of).collect();
        let mut changes: Vec<Change> = Vec::new();
        for (index, found) in self.found.iter().enumerate() {
            if value_of(found).is_some() {
                continue;
            }
            let with_branch = if branched.contains(&index) { "; its branch, too" } else { "" };
            let (graph, wire) = if found.is_old { (&old, self.old) } else { (&new, self.new) };
            let graph = graph.get_or_init(|| Graph::new(wire));
            changes.push(Change {
                path: format!("{}{}", self.paths.print(found.path), found.tail),
                reaches: self.reaches(found, graph),
                message: format!("{}{with_branch}", found.change.message),
                ..found.change.clone()
            });
        }
        changes.sort_by(|a, b| {
            let key = |change: &Change| (change.verdict, change.kind, change.direction);
            (a.verdict, &a.path).cmp(&(b.verdict, &b.path)).then_with(|| key(a).cmp(&key(b)))
        });
        Walk { changes, settled: self.settled, announced: self.announced }
    }

    /// Every command and event that has the change, each with the shortest path.
    fn reaches(&self, found: &Found, graph: &Graph<'_>) -> Vec<Reach> {
        let mut seen = HashSet::new();
        let mut all: Vec<Reach> = Vec::new();
        for &(holder, path) in &found.holders {
            match holder {
                Holder::Root(direction) => all.push(Reach {
                    root: self.paths.beginning(path).to_owned(),
                    direction,
                    path: format!("{}{}", self.paths.print(path), found.tail),
                }),
                Holder::Types(old, new, beginning) => {
                    let ty = if found.is_old { old } else { new };
                    if seen.insert(ty) {
                        let rest = format!("{}{}", self.paths.print_after(path, beginning), found.tail);
                        all.extend(graph.reaches(ty, &rest));
                    }
                }
            }
        }
        let length = |reach: &Reach| (reach.path.len(), reach.path.clone());
        all.sort_by(|a, b| {
            (&a.root, a.direction).cmp(&(&b.root, b.direction)).then(length(a).cmp(&length(b)))
        });
        all.dedup_by(|b, a| (&a.root, a.direction) == (&b.root, b.direction));
        all
    }
}
