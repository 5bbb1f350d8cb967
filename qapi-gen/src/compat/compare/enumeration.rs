//! Compares values of enumerations.

use super::interface::excuse;
use super::{Comparer, Kind, Pair, Places};
use crate::wire::Value;
use std::collections::HashMap;

impl Comparer<'_> {
    pub(super) fn compare_values(&mut self, pair: &Pair, old: &[Value], new: &[Value]) {
        let at = pair.at;
        let (old_place, new_place) = (self.old.ty(pair.old).place, self.new.ty(pair.new).place);
        let index = |values: &'_ [Value]| -> HashMap<String, usize> {
            values.iter().enumerate().map(|(index, value)| (value.name.clone(), index)).collect()
        };
        let (was, is) = (index(old), index(new));
        for value in old {
            let tail = format!("={}", value.name);
            match is.get(&value.name) {
                Some(&now) => {
                    let now = &new[now];
                    let places = Places::both(value.place, now.place);
                    self.compare_features(at, &tail, &value.features, &now.features, value.place, now.place);
                    self.compare_conditions(
                        at,
                        &tail,
                        value.condition.as_ref(),
                        now.condition.as_ref(),
                        places,
                    );
                }
                None => {
                    let message = format!("value '{}' was removed", value.name);
                    let places = Places::removed(value.place, new_place);
                    self.report(at, Kind::EnumValueRemoved, &tail, places, message, excuse(&value.features));
                }
            }
        }
        for value in new {
            if !was.contains_key(&value.name) {
                let places = Places::added(old_place, value.place);
                let message = format!("value '{}' was added", value.name);
                self.report(at, Kind::EnumValueAdded, &format!("={}", value.name), places, message, None);
            }
        }
    }
}
