//! Compares alternatives of alternates by the class of their values, since their names are not on the wire.

use super::{Comparer, Kind, Pair, Places, Step};
use crate::wire::{Alternative, Wire};

impl<'a> Comparer<'a> {
    pub(super) fn compare_alternatives(
        &mut self,
        pair: &Pair,
        old: &'a [Alternative],
        new: &'a [Alternative],
    ) {
        let (old_place, new_place) = (self.old.ty(pair.old).place, self.new.ty(pair.new).place);
        for alternative in old {
            let class = self.class_name(self.old, alternative);
            let at = self.step(pair.at, Step::Class(class));
            match self.same_class(self.old, alternative, self.new, new) {
                Some(now) => {
                    let places = Places::both(alternative.place, now.place);
                    let conditions = (alternative.condition.as_ref(), now.condition.as_ref());
                    self.compare_conditions(at, "", conditions.0, conditions.1, places);
                    self.compare_reference(at, alternative.ty, now.ty, places);
                }
                None => {
                    let message = format!("the alternative for a JSON value of type {class} was removed");
                    let places = Places::removed(alternative.place, new_place);
                    self.report(at, Kind::AlternativeRemoved, "", places, message, None);
                }
            }
        }
        for alternative in new {
            if self.same_class(self.new, alternative, self.old, old).is_none() {
                let class = self.class_name(self.new, alternative);
                let at = self.step(pair.at, Step::Class(class));
                let message = format!("an alternative for a JSON value of type {class} was added");
                let places = Places::added(old_place, alternative.place);
                self.report(at, Kind::AlternativeAdded, "", places, message, None);
            }
        }
    }

    fn class_name(&self, wire: &Wire, alternative: &Alternative) -> &'static str {
        wire.class(alternative.ty).map_or("any", |class| class.name())
    }

    fn same_class<'o>(
        &self,
        wire: &Wire,
        alternative: &Alternative,
        other: &Wire,
        others: &'o [Alternative],
    ) -> Option<&'o Alternative> {
        let class = wire.class(alternative.ty);
        others.iter().find(|candidate| other.class(candidate.ty) == class)
    }
}
