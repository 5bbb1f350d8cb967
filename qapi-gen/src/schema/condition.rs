//! Evaluates conditions against a set of defines.

use super::Condition;
use std::collections::BTreeSet;
use std::fmt;

impl Condition {
    /// Whether the condition holds when exactly `defines` are set.
    ///
    /// ```
    /// # use qapi_gen::stages::schema::Condition;
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

/// As a formula: `CONFIG_A && !(CONFIG_B || CONFIG_C)`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, parts: &[Self], operator: &str| {
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    write!(f, " {operator} ")?;
                }
                match part {
                    Self::All(_) | Self::Any(_) => write!(f, "({part})")?,
                    Self::Define(_) | Self::Not(_) => part.fmt(f)?,
                }
            }
            Ok(())
        };
        match self {
            Self::Define(name) => f.write_str(name),
            Self::All(parts) => join(f, parts, "&&"),
            Self::Any(parts) => join(f, parts, "||"),
            Self::Not(part) => match **part {
                Self::All(_) | Self::Any(_) => write!(f, "!({part})"),
                Self::Define(_) | Self::Not(_) => write!(f, "!{part}"),
            },
        }
    }
}
