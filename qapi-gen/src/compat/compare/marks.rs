//! Compares features and conditions, which almost everything may have.

use super::super::condition::{Relation, describe, relate};
use super::{At, Comparer, Kind, Places};
use crate::schema::Condition;
use crate::wire::{Feature, Place};

impl Comparer<'_> {
    /// Compares the features of one thing; `tail` is the end of the path to it.
    pub(super) fn compare_features(
        &mut self,
        at: At,
        tail: &str,
        old: &[Feature],
        new: &[Feature],
        old_place: Place,
        new_place: Place,
    ) {
        for feature in old {
            let name = &feature.name;
            let tail = format!("{tail}#{name}");
            match find(new, name) {
                Some(now) => {
                    let places = Places::both(feature.place, now.place);
                    self.compare_conditions(
                        at,
                        &tail,
                        feature.condition.as_ref(),
                        now.condition.as_ref(),
                        places,
                    );
                }
                None => {
                    let kind = match name.as_str() {
                        "deprecated" => Kind::Undeprecated,
                        "unstable" => Kind::MadeStable,
                        _ => Kind::FeatureRemoved,
                    };
                    let places = Places::removed(feature.place, new_place);
                    self.report(at, kind, &tail, places, format!("feature '{name}' was removed"), None);
                }
            }
        }
        for feature in new {
            let name = &feature.name;
            if find(old, name).is_some() {
                continue;
            }
            let kind = match name.as_str() {
                "deprecated" => Kind::Deprecated,
                "unstable" => Kind::MadeUnstable,
                _ => Kind::FeatureAdded,
            };
            let places = Places::added(old_place, feature.place);
            self.report(
                at,
                kind,
                &format!("{tail}#{name}"),
                places,
                format!("feature '{name}' was added"),
                None,
            );
        }
    }

    /// Compares the conditions of one thing, if both sides have conditions.
    pub(super) fn compare_conditions(
        &mut self,
        at: At,
        tail: &str,
        old: Option<&Condition>,
        new: Option<&Condition>,
        places: Places,
    ) {
        if !self.whole {
            return;
        }
        let kind = match relate(old, new) {
            Relation::Same => return,
            Relation::Wider => Kind::ConditionWidened,
            Relation::Narrower => Kind::ConditionNarrowed,
            Relation::Different => Kind::ConditionChanged,
        };
        let message = format!("the condition was {}, and is {}", describe(old), describe(new));
        self.report(at, kind, tail, places, message, None);
    }
}

fn find<'f>(features: &'f [Feature], name: &str) -> Option<&'f Feature> {
    features.iter().find(|feature| feature.name == name)
}
