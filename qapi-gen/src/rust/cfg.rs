//! Conditions of existence, evaluated now or left to rustc as `#[cfg]`.

use super::names;
use super::options::Conditions;
use crate::schema::{Condition, Schema};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};

/// A conjunction of conditions; the empty one always holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct When(Vec<Condition>);

impl When {
    pub(super) fn always() -> Self {
        When::default()
    }

    pub(super) fn is_always(&self) -> bool {
        self.0.is_empty()
    }

    /// This and `condition`, if there is one.
    #[must_use]
    pub(super) fn and(mut self, condition: Option<&Condition>) -> Self {
        if let Some(condition) = condition {
            self.push(condition);
        }
        self
    }

    /// This and `other`.
    #[must_use]
    pub(super) fn and_when(mut self, other: &When) -> Self {
        other.0.iter().for_each(|condition| self.push(condition));
        self
    }

    /// This, but not `other`.
    #[must_use]
    pub(super) fn and_not(mut self, other: &When) -> Self {
        match &other.0[..] {
            [Condition::Not(condition)] => self.push(condition),
            [one] => self.push(&Condition::Not(Box::new(one.clone()))),
            all => self.push(&Condition::Not(Box::new(Condition::All(all.to_vec())))),
        }
        self
    }

    /// The rest of the condition where `outer` is known to hold.
    #[must_use]
    pub(super) fn within(mut self, outer: &When) -> Self {
        self.0.retain(|condition| !outer.0.contains(condition));
        self
    }

    /// Whether `outer` implies this. The test is cheap, and may return false for an implication.
    pub(super) fn known_in(&self, outer: &When) -> bool {
        self.0.iter().all(|condition| outer.0.contains(condition)) || implies(outer, self)
    }

    fn push(&mut self, condition: &Condition) {
        match condition {
            Condition::All(conditions) => conditions.iter().for_each(|condition| self.push(condition)),
            other if !self.0.contains(other) => self.0.push(other.clone()),
            _ => {}
        }
    }

    fn holds(&self, defines: &BTreeSet<String>) -> bool {
        self.0.iter().all(|condition| condition.holds(defines))
    }
}

/// With more defines than this the test gives up and returns false.
const MOST_DEFINES: usize = 10;

/// Whether `then` holds in every configuration in which `given` holds.
pub(super) fn implies(given: &When, then: &When) -> bool {
    let mut names = BTreeSet::new();
    given.0.iter().chain(&then.0).for_each(|condition| condition.defines(&mut names));
    if names.len() > MOST_DEFINES {
        return false;
    }
    (0u32..1 << names.len()).all(|bits| {
        let set = |(index, name): (usize, &&str)| (bits >> index & 1 == 1).then(|| (*name).to_owned());
        let defines: BTreeSet<String> = names.iter().enumerate().filter_map(set).collect();
        !given.holds(&defines) || then.holds(&defines)
    })
}

/// Evaluates conditions, or prints them.
pub(super) struct Decider {
    /// The defines that are set; `None` if rustc evaluates the conditions.
    defines: Option<BTreeSet<String>>,
    predicates: BTreeMap<String, String>,
}

impl Decider {
    pub(super) fn new(conditions: &Conditions, defines: &BTreeSet<String>) -> Self {
        match conditions {
            Conditions::Fixed => Decider { defines: Some(defines.clone()), predicates: BTreeMap::new() },
            // The schema has no conditions left but those that no build fulfils.
            Conditions::All => Decider { defines: Some(BTreeSet::new()), predicates: BTreeMap::new() },
            Conditions::Cfg { predicates } => Decider { defines: None, predicates: predicates.clone() },
        }
    }

    /// The defines that are set, if conditions are evaluated here.
    pub(super) fn defines(&self) -> Option<&BTreeSet<String>> {
        self.defines.as_ref()
    }

    /// `None` if the condition cannot hold; otherwise the condition that is left for rustc.
    pub(super) fn decide(&self, when: When) -> Option<When> {
        match &self.defines {
            None => Some(when),
            Some(defines) => when.holds(defines).then(When::always),
        }
    }

    /// The cfgs of the schema's conditions, as `cargo::rustc-check-cfg` takes them: `cfg(CONFIG_LINUX)`.
    pub(super) fn check_cfgs(&self, schema: &Schema) -> Vec<String> {
        let defines = schema.defines().into_iter();
        let names: BTreeSet<String> = defines.filter(|define| self.is_plain(define)).map(cfg_name).collect();
        names.into_iter().map(|name| format!("cfg({name})")).collect()
    }

    /// Whether this define becomes a cfg of the same name.
    fn is_plain(&self, define: &str) -> bool {
        self.defines.is_none() && !self.predicates.contains_key(define)
    }

    /// `#[cfg(..)]`, or nothing.
    pub(super) fn attribute(&self, when: &When) -> TokenStream {
        if when.is_always() {
            return TokenStream::new();
        }
        let predicate = self.predicate(when);
        quote!(#[cfg(#predicate)])
    }

    /// The predicate in `cfg(..)`.
    pub(super) fn predicate(&self, when: &When) -> TokenStream {
        match &when.0[..] {
            [one] => self.condition(one),
            all => {
                let all = all.iter().map(|condition| self.condition(condition));
                quote!(all(#(#all),*))
            }
        }
    }

    /// The predicate in `cfg(..)` for one condition.
    pub(super) fn condition(&self, condition: &Condition) -> TokenStream {
        let list = |conditions: &[Condition]| -> Vec<_> {
            conditions.iter().map(|condition| self.condition(condition)).collect()
        };
        match condition {
            Condition::Define(name) => match self.predicates.get(name) {
                // The checks of options have parsed the predicate already.
                Some(text) => text.parse().unwrap_or_default(),
                None => {
                    let name = names::ident(&cfg_name(name));
                    quote!(#name)
                }
            },
            Condition::All(conditions) => {
                let conditions = list(conditions);
                quote!(all(#(#conditions),*))
            }
            Condition::Any(conditions) => {
                let conditions = list(conditions);
                quote!(any(#(#conditions),*))
            }
            Condition::Not(condition) => {
                let condition = self.condition(condition);
                quote!(not(#condition))
            }
        }
    }
}

/// The cfg for a define without a predicate.
fn cfg_name(define: &str) -> String {
    define.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn define(name: &str) -> Condition {
        Condition::Define(name.to_owned())
    }

    fn when(condition: Condition) -> When {
        When::always().and(Some(&condition))
    }

    #[test]
    fn implication_looks_at_every_configuration() {
        let both = when(Condition::All(vec![define("A"), define("B")]));
        let either = when(Condition::Any(vec![define("A"), define("B")]));
        assert!(implies(&both, &either));
        assert!(!implies(&either, &both));
        assert!(implies(&When::always(), &When::always()));
        assert!(!implies(&When::always(), &either));
    }

    #[test]
    fn what_is_known_outside_is_not_asked_again() {
        let a = when(define("A"));
        let both = when(Condition::All(vec![define("A"), define("B")]));
        assert_eq!(both.clone().within(&a), when(define("B")));
        assert!(a.known_in(&both));
        assert!(!both.known_in(&a));
    }

    #[test]
    fn cfg_is_printed_with_predicates() {
        let predicates = [("CONFIG_LINUX".to_owned(), "target_os = \"linux\"".to_owned())].into();
        let decider = Decider::new(&Conditions::Cfg { predicates }, &BTreeSet::new());
        let when = when(Condition::Any(vec![define("CONFIG_LINUX"), Condition::Not(Box::new(define("A")))]));
        let attribute = decider.attribute(&when).to_string();
        assert_eq!(attribute, "# [cfg (any (target_os = \"linux\" , not (A)))]");
    }

    #[test]
    fn fixed_conditions_are_decided() {
        let decider = Decider::new(&Conditions::Fixed, &["A".to_owned()].into());
        assert_eq!(decider.decide(when(define("A"))), Some(When::always()));
        assert_eq!(decider.decide(when(define("B"))), None);
    }
}
