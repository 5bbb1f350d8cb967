//! What a condition says when it is known which defines are set.

use super::Condition;
use std::collections::BTreeSet;

impl Condition {
    /// Whether the condition holds when exactly `defines` are set.
    ///
    /// ```
    /// # use qapi_gen::schema::Condition;
    /// # use std::collections::BTreeSet;
    /// let linux = Condition::Define("CONFIG_LINUX".to_owned());
    /// let other = Condition::Not(Box::new(linux.clone()));
    /// let defines = BTreeSet::from(["CONFIG_LINUX".to_owned()]);
    /// assert!(linux.holds(&defines));
    /// assert!(!other.holds(&defines));
    /// ```
    pub fn holds(&self, defines: &BTreeSet<String>) -> bool {
        match self {
            Self::Define(name) => defines.contains(name),
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(defines)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.holds(defines)),
            Self::Not(condition) => !condition.holds(defines),
        }
    }
}
