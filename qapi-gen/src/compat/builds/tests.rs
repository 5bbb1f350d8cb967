//! Sets of builds, against an evaluation of every set of defines.

use super::*;
use std::collections::BTreeSet;

fn define(name: &str) -> Condition {
    Condition::Define(name.to_owned())
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

/// Conditions over the defines A, B and C, of every form.
fn conditions() -> Vec<Condition> {
    let leaves = ["A", "B", "C"].map(define);
    let mut all: Vec<Condition> = leaves.to_vec();
    all.extend(leaves.map(not));
    let pairs: Vec<(Condition, Condition)> =
        all.iter().flat_map(|a| all.iter().map(|b| (a.clone(), b.clone()))).collect();
    for (a, b) in pairs {
        all.push(Condition::All(vec![a.clone(), b.clone()]));
        all.push(not(Condition::Any(vec![a, b])));
    }
    all
}

#[test]
fn presence_is_that_of_every_set_of_defines() {
    let conditions = conditions();
    let sets: Vec<BTreeSet<String>> = (0..8)
        .map(|bits| {
            (0..3).filter(move |bit| bits & (1 << bit) != 0).map(|bit| ["A", "B", "C"][bit].to_owned())
        })
        .map(Iterator::collect)
        .collect();
    let within = &conditions[6];
    let mut diagrams = Diagrams::new();
    let around = diagrams.holding(within).expect("it is small");
    for old in &conditions {
        for new in &conditions {
            let found = diagrams.presence(around, Existence::If(Some(old)), Existence::If(Some(new)));
            let any = |test: &dyn Fn(bool, bool) -> bool| {
                sets.iter().any(|set| within.holds(set) && test(old.holds(set), new.holds(set)))
            };
            let expected =
                [any(&|old, new| old && !new), any(&|old, new| !old && new), any(&|old, new| old && new)];
            assert_eq!([found.lost, found.gained, found.both].map(|builds| builds != Builds::NONE), expected);
        }
    }
}

#[test]
fn equal_sets_have_equal_ids() {
    let (a, b) = (define("A"), define("B"));
    let all = Condition::All(vec![a.clone(), b.clone()]);
    let morgan = not(Condition::Any(vec![not(b), not(a.clone())]));
    let never = Condition::All(vec![a.clone(), not(a)]);
    let mut diagrams = Diagrams::new();
    assert_eq!(diagrams.holding(&all), diagrams.holding(&morgan));
    assert_eq!(diagrams.holding(&never), Some(Builds::NONE));
}

/// The more defines a condition has, the larger its diagram; this one doubles with each pair in the worst order.
#[test]
fn what_is_too_large_is_assumed_to_change() {
    let names: Vec<String> = (0..60).map(|n| format!("D{n}")).collect();
    let order = Condition::Any(names.iter().map(|name| define(name)).collect());
    let pairs = |other: &str| {
        let pair = |n: usize| Condition::All(vec![define(&names[n]), define(&names[n + 30])]);
        Condition::Any((0..30).map(pair).chain([define(other)]).collect())
    };
    let (old, new) = (pairs("X"), pairs("Y"));
    let mut diagrams = Diagrams::new();
    assert!(diagrams.holding(&order).is_some());
    let (old, new) = (Existence::If(Some(&old)), Existence::If(Some(&new)));
    let all = Builds::ALL;
    assert_eq!(diagrams.presence(all, old, new), Presence { lost: all, gained: all, both: all });
    assert_eq!(
        diagrams.presence(all, old, old),
        Presence { lost: Builds::NONE, gained: Builds::NONE, both: all }
    );
    let absent = Presence { lost: all, gained: Builds::NONE, both: Builds::NONE };
    assert_eq!(diagrams.presence(all, old, Existence::Never), absent);
    assert_eq!(diagrams.union(all, Builds::NONE), all);
}
