//! Compares features, which almost everything may have.

use super::super::builds::{Builds, Existence};
use super::{At, Comparer, Excuse, Kind, Places};
use crate::wire::{Feature, Place};
use std::collections::BTreeSet;

/// One thing that may have features, on both sides.
#[derive(Clone, Copy)]
pub(super) struct Marked<'a, 't> {
    /// The end of the path to it.
    pub(super) tail: &'t str,
    pub(super) old: (&'a [Feature], Place),
    pub(super) new: (&'a [Feature], Place),
}

impl<'a> Comparer<'a> {
    pub(super) fn compare_features(&mut self, at: At, marked: Marked<'a, '_>) {
        let ((old, old_place), (new, new_place)) = (marked.old, marked.new);
        let names: BTreeSet<&str> = old.iter().chain(new).map(|feature| feature.name.as_str()).collect();
        for name in names {
            let tail = format!("{}#{name}", marked.tail);
            let (was, is) = (find(old, name), find(new, name));
            let before = self.existence(was.map(|feature| &feature.condition));
            let after = self.existence(is.map(|feature| &feature.condition));
            let (presence, scope) = self.presence(at, before, after);
            let places = match (was, is) {
                (Some(was), Some(is)) => Places::both(was.place, is.place),
                (Some(was), None) => Places::removed(was.place, new_place),
                (None, Some(is)) => Places::added(old_place, is.place),
                (None, None) => unreachable!("the name is of a feature of one side"),
            };
            if presence.lost != Builds::NONE {
                let kind = match name {
                    "deprecated" => Kind::Undeprecated,
                    "unstable" => Kind::MadeStable,
                    _ => Kind::FeatureRemoved,
                };
                let message = format!("feature '{name}' was removed{scope}");
                self.report(at, kind, &tail, places, message, None);
            }
            if presence.gained != Builds::NONE {
                let kind = match name {
                    "deprecated" => Kind::Deprecated,
                    "unstable" => Kind::MadeUnstable,
                    _ => Kind::FeatureAdded,
                };
                let excuse = self.excuse(presence.gained, old, old_place);
                if kind == Kind::Deprecated && presence.gained == at.builds {
                    self.announced.insert(old_place);
                }
                let message = format!("feature '{name}' was added{scope}");
                self.report(at, kind, &tail, places, message, excuse);
            }
        }
    }

    /// The excuse for changes of something old with these features, if it holds in all of the builds.
    pub(super) fn excuse(&mut self, builds: Builds, features: &'a [Feature], place: Place) -> Option<Excuse> {
        let mut marked = |name| {
            let found = find(features, name);
            found.is_some_and(|feature| {
                let existence = self.existence(Some(&feature.condition));
                let presence = self.diagrams.presence(builds, Existence::If(None), existence);
                presence.lost == Builds::NONE
            })
        };
        if marked("unstable") {
            return Some(Excuse::Unstable);
        }
        let deprecated = marked("deprecated");
        self.notices.excuse(place, deprecated)
    }

    /// The position with the excuse that something with these features has.
    pub(super) fn excused(&mut self, at: At, features: &'a [Feature], place: Place) -> At {
        At { excuse: at.excuse.max(self.excuse(at.builds, features, place)), ..at }
    }
}

fn find<'f>(features: &'f [Feature], name: &str) -> Option<&'f Feature> {
    features.iter().find(|feature| feature.name == name)
}
