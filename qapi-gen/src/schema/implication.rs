//! Decides whether one condition implies another, and whether it can hold at all.

use super::Condition;
use std::collections::HashMap;

/// The most cases that one question may take before it is left open.
const LIMIT: usize = 1 << 10;

/// Whether `consequent` holds whenever all of `premises` hold; `None` if that takes too many cases to decide. `budget`
/// is the number of cases left for the run.
pub(super) fn implies(premises: &[&Condition], consequent: &Condition, budget: &mut usize) -> Option<bool> {
    if premises.contains(&consequent) {
        return Some(true);
    }
    let limit = LIMIT.min(*budget);
    let mut search = Search { premises, consequent, values: HashMap::new(), left: limit };
    let found = search.counterexample();
    *budget -= limit - search.left;
    found.map(|found| !found)
}

/// Whether some set of defines fulfils the condition, or that takes too many cases to decide.
pub(super) fn can_hold(condition: &Condition) -> bool {
    let nothing = Condition::Any(Vec::new());
    let mut budget = LIMIT;
    implies(&[condition], &nothing, &mut budget) != Some(true)
}

/// Searches for an assignment under which the premises hold and the consequent does not.
struct Search<'a> {
    premises: &'a [&'a Condition],
    consequent: &'a Condition,
    values: HashMap<&'a str, bool>,
    left: usize,
}

impl<'a> Search<'a> {
    fn counterexample(&mut self) -> Option<bool> {
        // Each call is one case. With none left, the question stays open.
        self.left = self.left.checked_sub(1)?;
        let mut open = None;
        for premise in self.premises {
            match self.value(premise) {
                Ok(true) => {}
                Ok(false) => return Some(false),
                Err(name) => open = Some(name),
            }
        }
        match self.value(self.consequent) {
            Ok(true) => return Some(false),
            Ok(false) => {}
            Err(name) => open = open.or(Some(name)),
        }
        let Some(name) = open else { return Some(true) };
        for value in [true, false] {
            self.values.insert(name, value);
            let found = self.counterexample();
            self.values.remove(name);
            if found != Some(false) {
                return found;
            }
        }
        Some(false)
    }

    /// The value under the assignment so far, or a define that it depends on.
    fn value(&self, condition: &'a Condition) -> Result<bool, &'a str> {
        condition.value(&|name| self.values.get(name).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(premises: &[&Condition], consequent: &Condition) -> Option<bool> {
        let mut budget = usize::MAX;
        implies(premises, consequent, &mut budget)
    }

    fn a() -> Condition {
        Condition::Define("A".into())
    }

    fn b() -> Condition {
        Condition::Define("B".into())
    }

    fn not(condition: Condition) -> Condition {
        Condition::Not(Box::new(condition))
    }

    #[test]
    fn implications() {
        let both = Condition::All(vec![a(), b()]);
        let either = Condition::Any(vec![a(), b()]);
        assert_eq!(decide(&[&both], &a()), Some(true));
        assert_eq!(decide(&[&a(), &b()], &both), Some(true));
        assert_eq!(decide(&[&a()], &either), Some(true));
        assert_eq!(decide(&[&either, &not(a())], &b()), Some(true));
        assert_eq!(decide(&[&either], &a()), Some(false));
        assert_eq!(decide(&[], &a()), Some(false));
        assert_eq!(decide(&[], &Condition::Any(vec![a(), not(a())])), Some(true));
        assert_eq!(decide(&[&not(either.clone())], &Condition::All(vec![not(a()), not(b())])), Some(true));
    }

    #[test]
    fn contradictions_cannot_hold() {
        assert!(can_hold(&a()) && can_hold(&not(a())));
        assert!(can_hold(&Condition::All(vec![a(), not(b())])));
        assert!(!can_hold(&Condition::All(vec![a(), Condition::Any(vec![not(a()), not(a())])])));
    }

    #[test]
    fn too_much_work_is_left_open() {
        // At least one of two in each of many pairs: the search cannot decide before most defines are assigned.
        let pairs = (0..40).map(|i| {
            Condition::Any(vec![Condition::Define(format!("A{i}")), Condition::Define(format!("B{i}"))])
        });
        let premise = Condition::All(pairs.collect());
        let fresh = Condition::Any(vec![a(), not(a())]);
        assert_eq!(decide(&[&premise], &fresh), None);
        assert_eq!(implies(&[&a()], &b(), &mut 0), None);
    }
}
