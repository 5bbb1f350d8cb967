//! Derives defines from the conditions that are known to hold, and from those known not to hold.

use super::observe::Fact;
use crate::schema::{Condition, Schema};
use std::collections::BTreeMap;

/// The state of each define of the schema.
#[derive(Clone, Debug)]
pub struct States(pub BTreeMap<String, State>);

/// Whether the server was built with a define, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It was.
    Set(String),
    /// It was not.
    Unset(String),
    /// The answer does not show it.
    Undecided(String),
    /// The answer shows that it was, and also that it was not, so the schema is not the server's.
    Contradicted(String),
}

impl States {
    /// The defines that the server was built with.
    pub fn set(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, state)| matches!(state, State::Set(_))).map(|(name, _)| name.as_str())
    }
}

/// The states of all defines of `schema`.
pub(super) fn solve(schema: &Schema, facts: &[Fact<'_>]) -> States {
    let names = schema.defines();
    let mut solver = Solver { values: BTreeMap::new(), contradicted: BTreeMap::new() };
    // Nothing may follow from a contradicted define, so all is derived again without it.
    loop {
        solver.derive(facts);
        let found = names.iter().filter_map(|name| Some((*name, solver.contradiction(name, facts)?)));
        let found: Vec<(&str, State)> = found.collect();
        if found.is_empty() {
            break;
        }
        solver.contradicted.extend(found);
    }
    States(names.into_iter().map(|name| (name.to_owned(), solver.state(name, facts))).collect())
}

struct Solver<'a> {
    /// The defines that are decided, with the fact that decided each. The first fact decides.
    values: BTreeMap<&'a str, (bool, &'a Fact<'a>)>,
    contradicted: BTreeMap<&'a str, State>,
}

impl<'a> Solver<'a> {
    /// Derives all that follows from the facts.
    fn derive(&mut self, facts: &'a [Fact<'a>]) {
        self.values.clear();
        // A fact with `any` or `all` may tell more once other defines are known.
        loop {
            let before = self.values.len();
            facts.iter().for_each(|fact| self.assume(fact.condition, fact.there, fact));
            if self.values.len() == before {
                return;
            }
        }
    }

    fn value(&self, condition: &Condition) -> Option<bool> {
        condition.value(&|name| self.values.get(name).map(|(value, _)| *value)).ok()
    }

    /// Takes over what follows if the condition has this value.
    fn assume(&mut self, condition: &'a Condition, value: bool, fact: &'a Fact<'a>) {
        match condition {
            Condition::Define(name) if self.contradicted.contains_key(name.as_str()) => {}
            Condition::Define(name) => {
                self.values.entry(name).or_insert((value, fact));
            }
            Condition::Not(part) => self.assume(part, !value, fact),
            Condition::All(parts) => self.assume_parts(parts, value, true, fact),
            Condition::Any(parts) => self.assume_parts(parts, value, false, fact),
        }
    }

    /// Likewise for a list that has the value `neutral` only if all its parts have it.
    fn assume_parts(&mut self, parts: &'a [Condition], value: bool, neutral: bool, fact: &'a Fact<'a>) {
        if value == neutral {
            return parts.iter().for_each(|part| self.assume(part, value, fact));
        }
        // At least one part has the other value. If only one can have it, it does.
        let mut able = parts.iter().filter(|part| self.value(part) != Some(neutral));
        if let (Some(only), None) = (able.next(), able.next()) {
            self.assume(only, value, fact);
        }
    }

    /// The contradiction, if a fact about the define disagrees with what others decide.
    fn contradiction(&self, name: &str, facts: &[Fact<'_>]) -> Option<State> {
        let (_, because) = self.values.get(name)?;
        let mut about = facts.iter().filter(|fact| fact.condition.names(name));
        let other = about.find(|fact| self.value(fact.condition) == Some(!fact.there))?;
        Some(State::Contradicted(format!("{}, but {}", tell(because), tell(other))))
    }

    fn state(&self, name: &str, facts: &[Fact<'_>]) -> State {
        match (self.contradicted.get(name), self.values.get(name)) {
            (Some(state), _) => state.clone(),
            (None, Some((true, because))) => State::Set(tell(because)),
            (None, Some((false, because))) => State::Unset(tell(because)),
            (None, None) => {
                let about = facts.iter().find(|fact| fact.condition.names(name));
                State::Undecided(about.map_or_else(
                    || "the answer shows no place where a part that depends on it would be".to_owned(),
                    |fact| format!("{}, which other defines explain too", tell(fact)),
                ))
            }
        }
    }
}

fn tell(fact: &Fact<'_>) -> String {
    let condition = match fact.condition {
        Condition::Define(_) => String::new(),
        condition => format!(" ({condition})"),
    };
    format!("{}{condition} is {}", fact.part, if fact.there { "there" } else { "not there" })
}
