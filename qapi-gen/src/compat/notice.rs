//! What was announced before it was removed: deprecations, in the old release and in those between it and the new one.

use super::change::Direction;
use super::kind::Kind;
use super::rules::{Excuse, Ruling};
use crate::wire::Place;
use std::collections::{HashMap, HashSet};

/// A change of something old, however new releases look at it.
pub(super) type Old = (Kind, Place, String, Direction);

/// What the releases up to one of them have announced.
#[derive(Debug, Default)]
pub(super) struct Notices {
    /// Places in the oldest release, with the release that deprecated them.
    announced: HashMap<Place, usize>,
    /// The rulings on changes that an earlier release made, when less time had passed.
    pub(super) settled: HashMap<Old, Ruling>,
    /// How many releases must lie between an announcement and what it excuses.
    demanded: usize,
    /// The number of the release that is compared with the oldest.
    release: usize,
}

impl Notices {
    /// Nothing is announced yet. That many releases must lie between an announcement and what it excuses.
    pub(super) fn demanding(demanded: usize) -> Self {
        Notices { demanded, ..Notices::default() }
    }

    /// The next release is to be compared.
    pub(super) fn next(&mut self) {
        self.release += 1;
    }

    /// The excuse that deprecation gives: by the oldest release itself, or by one since.
    pub(super) fn excuse(&self, place: Place, deprecated: bool) -> Option<Excuse> {
        let since = if deprecated { Some(0) } else { self.announced.get(&place).copied() }?;
        let in_time = self.release - since >= self.demanded;
        Some(if in_time { Excuse::Deprecated } else { Excuse::Recent })
    }

    /// Takes note of what the release did.
    pub(super) fn learn(&mut self, settled: HashMap<Old, Ruling>, announced: HashSet<Place>) {
        let since = |place| self.announced.get(&place).copied().unwrap_or(self.release);
        self.announced = announced.into_iter().map(|place| (place, since(place))).collect();
        self.settled = settled;
    }
}
