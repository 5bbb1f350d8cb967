//! Walks two wire models side by side.
//!
//! The walk is breadth-first from the commands and events, so the first path to a pair of types is a shortest one. In each
//! direction a pair is visited again only for builds that no earlier path had, so that the walk ends for recursive types.
//! Deprecated parts wait until the others are done, and unstable ones until the deprecated are: a pair is excused only if
//! every path to it leads through something that is.
//!
//! Only builds in which both sides have a place are looked at there: what conditions do to other builds is told where the
//! path loses them. So a condition that repeats one further up the path changes nothing.

mod alternate;
mod documented;
mod enumeration;
mod found;
mod interface;
mod marks;
mod object;
mod reference;
mod union;

use super::builds::{Builds, Diagrams, Existence, Presence};
use super::change::{Change, Direction};
use super::condition::describe;
use super::docs::Docs;
use super::kind::Kind;
use super::notice::{Notices, Old};
use super::path::{Path, Paths, Step};
use super::rules::{self, Excuse, Ruling};
use crate::schema::Condition;
use crate::wire::{Knowledge, Place, Shape, TypeId, Wire};
use found::Found;
use marks::Marked;
use std::collections::{HashMap, HashSet, VecDeque};

/// One of the schemas that are compared.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// What its clients see.
    pub wire: &'a Wire,
    /// What its documentation tells, if that is to be compared.
    pub docs: Option<&'a Docs>,
}

/// What a walk found.
pub(super) struct Walk {
    /// The changes, incompatible ones first, then by path.
    pub(super) changes: Vec<Change>,
    /// The rulings on what happened to old things.
    pub(super) settled: HashMap<Old, Ruling>,
    /// The places of old things that the new schema deprecates.
    pub(super) announced: HashSet<Place>,
}

/// Compares `old` with `new`, knowing what releases between them announced.
pub(super) fn walk(old: Release<'_>, new: Release<'_>, notices: &Notices) -> Walk {
    let docs = (old.docs, new.docs);
    let (old, new) = (old.wire, new.wire);
    let mut comparer = Comparer {
        old,
        new,
        docs,
        notices,
        whole: old.knowledge == Knowledge::Schema && new.knowledge == Knowledge::Schema,
        paths: Paths::default(),
        diagrams: Diagrams::new(),
        queues: Default::default(),
        seen: HashMap::new(),
        found: Vec::new(),
        known: HashMap::new(),
        settled: HashMap::new(),
        announced: HashSet::new(),
        current: None,
    };
    comparer.compare_interface();
    comparer.run();
    // Last, since what commands and events reach is told of them alone.
    comparer.compare_unreached();
    comparer.run();
    comparer.finish()
}

struct Comparer<'a> {
    old: &'a Wire,
    new: &'a Wire,
    docs: (Option<&'a Docs>, Option<&'a Docs>),
    notices: &'a Notices,
    /// Whether both sides are schema files, which have all details.
    whole: bool,
    paths: Paths<'a>,
    diagrams: Diagrams<'a>,
    /// The pairs to visit: those with no excuse, then those with one, the weaker first.
    queues: [VecDeque<Pair>; 4],
    /// The builds for which a pair was visited.
    seen: HashMap<(TypeId, TypeId, Direction), Builds>,
    found: Vec<Found>,
    /// The index of each change in `found`.
    known: HashMap<(Kind, Option<Place>, Option<Place>, String), usize>,
    settled: HashMap<Old, Ruling>,
    announced: HashSet<Place>,
    /// The pair that is visited.
    current: Option<Pair>,
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
    /// What excuses every change from here on.
    excuse: Option<Excuse>,
    /// The builds in which both sides have the place.
    builds: Builds,
}

impl At {
    /// The same position, in some of the builds.
    fn within(self, builds: Builds) -> Self {
        At { builds, ..self }
    }
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

/// The places of the two objects whose members are compared.
#[derive(Clone, Copy)]
struct Around {
    old: Place,
    new: Place,
}

impl<'a> Comparer<'a> {
    fn run(&mut self) {
        while let Some(pair) = self.queues.iter_mut().find_map(VecDeque::pop_front) {
            let Some(builds) = self.unseen(&pair) else { continue };
            self.seen.insert((pair.old, pair.new, pair.at.direction), builds);
            self.current = Some(pair);
            let (old, new) = (self.old.ty(pair.old), self.new.ty(pair.new));
            let marked =
                Marked { tail: "", old: (&old.features, old.place), new: (&new.features, new.place) };
            self.compare_features(pair.at, marked);
            let pair = Pair { at: self.excused(pair.at, &old.features, old.place), ..pair };
            match (&old.shape, &new.shape) {
                (Shape::Enum(a), Shape::Enum(b)) => self.compare_values(&pair, a, b),
                (Shape::Object(a), Shape::Object(b)) => self.compare_objects(&pair, a, b),
                (Shape::Alternate(a), Shape::Alternate(b)) => self.compare_alternatives(&pair, a, b),
                _ => unreachable!("`compare_reference` hands on pairs of one shape only"),
            }
        }
        self.current = None;
    }

    /// The builds for which the pair will have been visited, unless there is none to add.
    fn unseen(&mut self, pair: &Pair) -> Option<Builds> {
        let key = (pair.old, pair.new, pair.at.direction);
        let known = self.seen.get(&key).copied().unwrap_or(Builds::NONE);
        let all = self.diagrams.union(known, pair.at.builds);
        (all != known).then_some(all)
    }

    fn enqueue(&mut self, old: TypeId, new: TypeId, at: At) {
        let pair = Pair { old, new, at };
        if self.unseen(&pair).is_none() {
            return;
        }
        let queue = match at.excuse {
            None => 0,
            Some(Excuse::Recent) => 1,
            Some(Excuse::Deprecated) => 2,
            Some(Excuse::Unstable) => 3,
        };
        self.queues[queue].push_back(pair);
    }

    /// When a part is there. Details that one of two sources lacks are not compared, so an answer makes conditions void.
    fn existence(&self, condition: Option<&'a Option<Condition>>) -> Existence<'a> {
        match condition {
            None => Existence::Never,
            Some(condition) => Existence::If(condition.as_ref().filter(|_| self.whole)),
        }
    }

    /// How a part of the place came and went. The text tells of the conditions, if they are what changed.
    fn presence(&mut self, at: At, old: Existence<'a>, new: Existence<'a>) -> (Presence, String) {
        let presence = self.diagrams.presence(at.builds, old, new);
        let (Existence::If(was), Existence::If(is)) = (old, new) else { return (presence, String::new()) };
        let part = if presence.both == Builds::NONE { "" } else { " in some builds" };
        (presence, format!("{part}: the condition was {}, and is {}", describe(was), describe(is)))
    }

    fn step(&mut self, at: At, step: Step<'a>) -> At {
        At { path: self.paths.then(at.path, step), ..at }
    }

    /// Adds a change. The same change at the same places counts once, even if several paths lead there. If it occurs in
    /// both directions, the worse verdict counts. Returns the number of the change.
    fn report(
        &mut self,
        at: At,
        kind: Kind,
        tail: &str,
        places: Places,
        message: String,
        excuse: Option<Excuse>,
    ) -> usize {
        let (verdict, rule) = self.rule(at, kind, tail, places, excuse);
        let holder = self.holder(at);
        let key = (kind, places.old, places.new, tail.to_owned());
        if let Some(&index) = self.known.get(&key) {
            self.found[index].again(at, verdict, rule, holder);
            return index;
        }
        let change = Change {
            kind,
            verdict,
            direction: at.direction,
            definition: self.definition(at, places),
            path: String::new(),
            reaches: Vec::new(),
            message,
            rule: rule.to_owned(),
            old: places.old.unwrap_or(places.around).span,
            new: places.new.unwrap_or(places.around).span,
            accepted: None,
        };
        let index = self.found.len();
        self.known.insert(key, index);
        let is_old = places.old.is_some();
        let tail = tail.to_owned();
        self.found.push(Found { change, path: at.path, tail, holders: vec![holder], is_old, value: None });
        index
    }

    /// The ruling on a change. What an earlier release did to something old is judged as it was then.
    fn rule(&mut self, at: At, kind: Kind, tail: &str, places: Places, excuse: Option<Excuse>) -> Ruling {
        let ruling = rules::judge(kind, at.direction, at.excuse.max(excuse));
        let Some(place) = places.old else { return ruling };
        let old = (kind, place, tail.to_owned(), at.direction);
        let ruling = self.notices.settled.get(&old).copied().unwrap_or(ruling);
        let known = self.settled.entry(old).or_insert(ruling);
        if ruling.0 < known.0 {
            *known = ruling;
        }
        ruling
    }
}
