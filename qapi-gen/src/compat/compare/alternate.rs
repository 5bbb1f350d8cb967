//! Compares alternatives of alternates by the class of their values, since their names are not on the wire.

use super::super::builds::Builds;
use super::{At, Comparer, Kind, Pair, Places, Step};
use crate::wire::{Alternative, Wire};

impl<'a> Comparer<'a> {
    pub(super) fn compare_alternatives(
        &mut self,
        pair: &Pair,
        old: &'a [Alternative],
        new: &'a [Alternative],
    ) {
        let (old_place, new_place) = (self.old.ty(pair.old).place, self.new.ty(pair.new).place);
        for was in old {
            let is = same_class(self.old, was, self.new, new);
            let places = match is {
                Some(is) => Places::both(was.place, is.place),
                None => Places::removed(was.place, new_place),
            };
            let class = class_name(self.old, was);
            self.compare_alternative(pair.at, class, Some(was), is, places);
        }
        for is in new {
            if same_class(self.new, is, self.old, old).is_none() {
                let class = class_name(self.new, is);
                let places = Places::added(old_place, is.place);
                self.compare_alternative(pair.at, class, None, Some(is), places);
            }
        }
    }

    fn compare_alternative(
        &mut self,
        at: At,
        class: &'static str,
        old: Option<&'a Alternative>,
        new: Option<&'a Alternative>,
        places: Places,
    ) {
        let at = self.step(at, Step::Class(class));
        let before = self.existence(old.map(|alternative| &alternative.condition));
        let after = self.existence(new.map(|alternative| &alternative.condition));
        let (presence, scope) = self.presence(at, before, after);
        if presence.lost != Builds::NONE {
            let message = format!("the alternative for a JSON value of type {class} was removed{scope}");
            self.report(at, Kind::AlternativeRemoved, "", places, message, None);
        }
        if presence.gained != Builds::NONE {
            let message = format!("an alternative for a JSON value of type {class} was added{scope}");
            self.report(at, Kind::AlternativeAdded, "", places, message, None);
        }
        if let (Some(old), Some(new)) = (old, new)
            && presence.both != Builds::NONE
        {
            self.compare_reference(at.within(presence.both), old.ty, new.ty, places);
        }
    }
}

fn class_name(wire: &Wire, alternative: &Alternative) -> &'static str {
    wire.class(alternative.ty).map_or("any", |class| class.name())
}

fn same_class<'o>(
    wire: &Wire,
    alternative: &Alternative,
    other: &Wire,
    others: &'o [Alternative],
) -> Option<&'o Alternative> {
    let class = wire.class(alternative.ty);
    others.iter().find(|candidate| other.class(candidate.ty) == class)
}
