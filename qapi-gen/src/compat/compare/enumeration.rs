//! Compares values of enumerations.

use super::super::builds::Builds;
use super::marks::Marked;
use super::{At, Comparer, Kind, Pair, Places};
use crate::wire::Value;
use std::collections::HashMap;

impl<'a> Comparer<'a> {
    pub(super) fn compare_values(&mut self, pair: &Pair, old: &'a [Value], new: &'a [Value]) {
        let (old_place, new_place) = (self.old.ty(pair.old).place, self.new.ty(pair.new).place);
        let (was, is) = (index(old), index(new));
        for value in old {
            let now = is.get(value.name.as_str()).copied();
            let places = match now {
                Some(now) => Places::both(value.place, now.place),
                None => Places::removed(value.place, new_place),
            };
            self.compare_value(pair.at, Some(value), now, places);
        }
        for value in new.iter().filter(|value| !was.contains_key(value.name.as_str())) {
            self.compare_value(pair.at, None, Some(value), Places::added(old_place, value.place));
        }
    }

    fn compare_value(&mut self, at: At, old: Option<&'a Value>, new: Option<&'a Value>, places: Places) {
        let before = self.existence(old.map(|value| &value.condition));
        let after = self.existence(new.map(|value| &value.condition));
        let (presence, scope) = self.presence(at, before, after);
        if let Some(Value { name, features, place, .. }) = old
            && presence.lost != Builds::NONE
        {
            let message = format!("value '{name}' was removed{scope}");
            let excuse = self.excuse(presence.lost, features, *place);
            self.report(at, Kind::EnumValueRemoved, &format!("={name}"), places, message, excuse);
        }
        if let Some(Value { name, .. }) = new
            && presence.gained != Builds::NONE
        {
            let message = format!("value '{name}' was added{scope}");
            self.report(at, Kind::EnumValueAdded, &format!("={name}"), places, message, None);
            self.check_dated(at, &format!("={name}"), &format!("value '{name}'"), places);
        }
        if let (Some(old), Some(new)) = (old, new)
            && presence.both != Builds::NONE
        {
            let tail = &format!("={}", old.name);
            let (old, new) = ((&old.features[..], old.place), (&new.features[..], new.place));
            self.compare_features(at.within(presence.both), Marked { tail, old, new });
        }
    }
}

fn index(values: &[Value]) -> HashMap<&str, &Value> {
    values.iter().map(|value| (value.name.as_str(), value)).collect()
}
