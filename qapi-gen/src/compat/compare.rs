//! Walks two wire models side by side.
//!
//! The walk is breadth-first from the commands and events, so the first path to a pair of types is a shortest one. A
//! pair is visited once in each direction, so that the walk ends for recursive types. Unstable parts wait until
//! everything else is done: a pair is excused only if every path to it leads through something unstable.

mod alternate;
mod enumeration;
mod interface;
mod marks;
mod object;
mod reference;

use super::change::{Change, Direction, Verdict};
use super::kind::Kind;
use super::path::{Path, Paths, Step};
use super::rules::{self, Excuse};
use crate::wire::{Knowledge, Place, Shape, TypeId, Wire};
use std::collections::{HashMap, HashSet, VecDeque};

/// All changes from `old` to `new`, incompatible ones first, then by path.
pub fn compare(old: &Wire, new: &Wire) -> Vec<Change> {
    let mut comparer = Comparer {
        old,
        new,
        whole: old.knowledge == Knowledge::Schema && new.knowledge == Knowledge::Schema,
        paths: Paths::default(),
        stable: VecDeque::new(),
        unstable: VecDeque::new(),
        seen: HashSet::new(),
        found: Vec::new(),
        known: HashMap::new(),
    };
    comparer.compare_interface();
    comparer.run();
    comparer.finish()
}

struct Comparer<'a> {
    old: &'a Wire,
    new: &'a Wire,
    /// Whether both sides are schema files, which have all details.
    whole: bool,
    paths: Paths<'a>,
    stable: VecDeque<Pair>,
    unstable: VecDeque<Pair>,
    seen: HashSet<(TypeId, TypeId, Direction)>,
    found: Vec<Found>,
    /// The index of each change in `found`.
    known: HashMap<(Kind, Option<Place>, Option<Place>, String), usize>,
}

/// Two types of one shape at the same place.
#[derive(Clone, Copy)]
struct Pair {
    old: TypeId,
    new: TypeId,
    at: At,
}

/// The current position of the walk.
#[derive(Clone, Copy)]
struct At {
    path: Path,
    direction: Direction,
    unstable: bool,
}

/// The places of a change. An absent thing has none of its own, so `around` is the place that would contain it.
#[derive(Clone, Copy)]
struct Places {
    old: Option<Place>,
    new: Option<Place>,
    around: Place,
}

impl Places {
    fn both(old: Place, new: Place) -> Self {
        Places { old: Some(old), new: Some(new), around: old }
    }

    fn added(to: Place, new: Place) -> Self {
        Places { old: None, new: Some(new), around: to }
    }

    fn removed(old: Place, from: Place) -> Self {
        Places { old: Some(old), new: None, around: from }
    }
}

struct Found {
    change: Change,
    path: Path,
    /// The end of the path: a value or a feature.
    tail: String,
}

impl<'a> Comparer<'a> {
    fn run(&mut self) {
        loop {
            let next = self.stable.pop_front().or_else(|| self.unstable.pop_front());
            let Some(pair) = next else { return };
            if !self.seen.insert((pair.old, pair.new, pair.at.direction)) {
                continue;
            }
            let (old, new) = (self.old.ty(pair.old), self.new.ty(pair.new));
            self.compare_features(pair.at, "", &old.features, &new.features, old.place, new.place);
            match (&old.shape, &new.shape) {
                (Shape::Enum(a), Shape::Enum(b)) => self.compare_values(&pair, a, b),
                (Shape::Object(a), Shape::Object(b)) => self.compare_objects(&pair, a, b),
                (Shape::Alternate(a), Shape::Alternate(b)) => self.compare_alternatives(&pair, a, b),
                _ => unreachable!("`compare_reference` hands on pairs of one shape only"),
            }
        }
    }

    fn enqueue(&mut self, old: TypeId, new: TypeId, at: At) {
        if self.seen.contains(&(old, new, at.direction)) {
            return;
        }
        let queue = if at.unstable { &mut self.unstable } else { &mut self.stable };
        queue.push_back(Pair { old, new, at });
    }

    fn step(&mut self, at: At, step: Step<'a>) -> At {
        At { path: self.paths.then(at.path, step), ..at }
    }

    /// Adds a change. The same change at the same places counts once, even if several paths lead there. If it occurs in
    /// both directions, the worse verdict counts.
    fn report(
        &mut self,
        at: At,
        kind: Kind,
        tail: &str,
        places: Places,
        message: String,
        excuse: Option<Excuse>,
    ) {
        let excuse = if at.unstable { Some(Excuse::Unstable) } else { excuse };
        let (verdict, rule) = rules::judge(kind, at.direction, excuse);
        let key = (kind, places.old, places.new, tail.to_owned());
        if let Some(&index) = self.known.get(&key) {
            let found = &mut self.found[index];
            if verdict < found.change.verdict {
                found.change.verdict = verdict;
                found.change.rule = rule.to_owned();
                found.path = at.path;
            }
            if found.change.direction != at.direction {
                found.change.direction = Direction::Both;
            }
            return;
        }
        let change = Change {
            kind,
            verdict,
            direction: at.direction,
            path: String::new(),
            message,
            rule: rule.to_owned(),
            old: places.old.unwrap_or(places.around).span,
            new: places.new.unwrap_or(places.around).span,
        };
        self.known.insert(key, self.found.len());
        self.found.push(Found { change, path: at.path, tail: tail.to_owned() });
    }

    fn finish(self) -> Vec<Change> {
        let paths = &self.paths;
        let mut changes: Vec<Change> = (self.found.into_iter())
            .map(|found| Change {
                path: format!("{}{}", paths.print(found.path), found.tail),
                ..found.change
            })
            .collect();
        changes.sort_by(|a, b| {
            let key = |change: &Change| (change.verdict, change.kind, change.direction);
            (a.verdict, &a.path).cmp(&(b.verdict, &b.path)).then_with(|| key(a).cmp(&key(b)))
        });
        changes
    }
}

/// Whether no change in the list is incompatible.
pub fn is_compatible(changes: &[Change]) -> bool {
    changes.iter().all(|change| change.verdict != Verdict::Incompatible)
}
