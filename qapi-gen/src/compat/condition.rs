//! Compares two conditions.

use crate::schema::Condition;
use std::collections::BTreeSet;

/// How a condition changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// It holds under the same defines.
    Same,
    /// It holds under more sets of defines.
    Wider,
    /// It holds under fewer sets of defines.
    Narrower,
    /// It holds under other sets of defines: some were added, some removed.
    Different,
}

/// With more defines than this, conditions are compared as text only: the comparison tries every set of defines.
const MAX_DEFINES: usize = 10;

/// Compares conditions by meaning, not by spelling.
pub(super) fn relate(old: Option<&Condition>, new: Option<&Condition>) -> Relation {
    if old == new {
        return Relation::Same;
    }
    let mut names = BTreeSet::new();
    [old, new].into_iter().flatten().for_each(|condition| condition.defines(&mut names));
    let names: Vec<&str> = names.into_iter().collect();
    if names.len() > MAX_DEFINES {
        return Relation::Different;
    }
    let (mut gained, mut lost) = (false, false);
    for bits in 0..1_u32 << names.len() {
        let set = names.iter().enumerate().filter(|(index, _)| bits & (1 << index) != 0);
        let defines: BTreeSet<String> = set.map(|(_, name)| (*name).to_owned()).collect();
        let holds =
            |condition: Option<&Condition>| condition.is_none_or(|condition| condition.holds(&defines));
        match (holds(old), holds(new)) {
            (false, true) => gained = true,
            (true, false) => lost = true,
            (true, true) | (false, false) => {}
        }
    }
    match (gained, lost) {
        (false, false) => Relation::Same,
        (true, false) => Relation::Wider,
        (false, true) => Relation::Narrower,
        (true, true) => Relation::Different,
    }
}

/// The condition as text for people.
pub(super) fn describe(condition: Option<&Condition>) -> String {
    let join =
        |conditions: &[Condition], word: &str| conditions.iter().map(part).collect::<Vec<_>>().join(word);
    match condition {
        None => "no condition".to_owned(),
        Some(Condition::Define(name)) => name.clone(),
        Some(Condition::All(conditions)) => join(conditions, " and "),
        Some(Condition::Any(conditions)) => join(conditions, " or "),
        Some(Condition::Not(condition)) => format!("not {}", part(condition)),
    }
}

fn part(condition: &Condition) -> String {
    let text = describe(Some(condition));
    match condition {
        Condition::All(_) | Condition::Any(_) => format!("({text})"),
        Condition::Define(_) | Condition::Not(_) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn define(name: &str) -> Condition {
        Condition::Define(name.to_owned())
    }

    #[test]
    fn conditions_are_compared_by_meaning() {
        let (a, b) = (define("A"), define("B"));
        let all = Condition::All(vec![a.clone(), b.clone()]);
        let turned = Condition::All(vec![b.clone(), a.clone()]);
        let morgan = Condition::Not(Box::new(Condition::Any(vec![
            Condition::Not(Box::new(a.clone())),
            Condition::Not(Box::new(b.clone())),
        ])));
        assert_eq!(relate(Some(&all), Some(&turned)), Relation::Same);
        assert_eq!(relate(Some(&all), Some(&morgan)), Relation::Same);
        assert_eq!(relate(Some(&a), Some(&all)), Relation::Narrower);
        assert_eq!(relate(Some(&all), Some(&a)), Relation::Wider);
        assert_eq!(relate(Some(&a), Some(&b)), Relation::Different);
        assert_eq!(relate(None, Some(&a)), Relation::Narrower);
        assert_eq!(relate(Some(&a), None), Relation::Wider);
        assert_eq!(describe(Some(&morgan)), "not (not A or not B)");
    }
}
