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
        self.value(&|name| Some(defines.contains(name))) == Ok(true)
    }

    /// The value where only some defines are known, or else a define that it depends on.
    pub(crate) fn value(&self, known: &impl Fn(&str) -> Option<bool>) -> Result<bool, &str> {
        match self {
            Self::Define(name) => known(name).ok_or(name),
            Self::Not(part) => part.value(known).map(|value| !value),
            Self::All(parts) => decide(parts, false, known),
            Self::Any(parts) => decide(parts, true, known),
        }
    }

    /// Whether the condition names the define.
    #[cfg(feature = "import")]
    pub(crate) fn names(&self, define: &str) -> bool {
        let mut names = BTreeSet::new();
        self.defines(&mut names);
        names.contains(define)
    }

    /// Adds the defines that the condition names.
    pub(crate) fn defines<'a>(&'a self, out: &mut BTreeSet<&'a str>) {
        match self {
            Self::Define(name) => drop(out.insert(name)),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.defines(out)),
            Self::Not(part) => part.defines(out),
        }
    }
}

/// One part with the value `decisive` decides the whole.
fn decide<'c>(
    parts: &'c [Condition],
    decisive: bool,
    known: &impl Fn(&str) -> Option<bool>,
) -> Result<bool, &'c str> {
    let mut open = None;
    for part in parts {
        match part.value(known) {
            Ok(value) if value == decisive => return Ok(decisive),
            Ok(_) => {}
            Err(name) => open = Some(name),
        }
    }
    open.map_or(Ok(!decisive), Err)
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
