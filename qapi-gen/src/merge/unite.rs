//! Unites conditions and features.

use crate::compose::Mark;
use crate::schema::Condition;
use crate::wire::Feature;

/// The condition under which at least one of `conditions` holds; `None` is always.
pub(super) fn any(conditions: impl IntoIterator<Item = Option<Condition>>) -> Option<Condition> {
    let mut all = Vec::new();
    for condition in conditions {
        match condition? {
            Condition::Any(parts) => all.extend(parts),
            condition => all.push(condition),
        }
    }
    let mut distinct: Vec<Condition> = Vec::new();
    for condition in all {
        if !distinct.contains(&condition) {
            distinct.push(condition);
        }
    }
    distinct.sort_by_cached_key(ToString::to_string);
    match distinct.len() {
        0 => None,
        1 => distinct.pop(),
        _ => Some(Condition::Any(distinct)),
    }
}

/// The union of several lists of features. Where all lists have a feature under conditions, one of them has to hold.
pub(super) fn marks<'a>(lists: impl Iterator<Item = &'a [Feature]>) -> Vec<Mark> {
    let mut out: Vec<Mark> = Vec::new();
    for feature in lists.flatten() {
        match out.iter_mut().find(|mark| mark.name == feature.name) {
            Some(mark) => mark.condition = any([mark.condition.take(), feature.condition.clone()]),
            None => out.push(Mark { name: feature.name.clone(), condition: feature.condition.clone() }),
        }
    }
    out
}
