//! The drivers that the user asks for.

use crate::pattern;
use crate::schema::nearest;
use std::collections::BTreeSet;
use std::fmt;

/// A driver that no answer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDriver {
    /// The name or pattern.
    pub name: String,
    /// The driver that the user probably meant.
    pub near: Option<String>,
}

impl fmt::Display for UnknownDriver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let matching = if pattern::is_glob(&self.name) { " that matches" } else { "" };
        write!(f, "there is no driver{matching} '{}'", self.name)?;
        match &self.near {
            Some(near) => write!(f, "; did you mean '{near}'?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownDriver {}

/// The drivers of `known` that `wanted` names, each once and sorted; without names, all of them.
///
/// # Errors
///
/// The names and patterns that no driver has.
pub fn matching<'a>(
    wanted: &[String],
    known: &BTreeSet<&'a str>,
) -> Result<BTreeSet<&'a str>, Vec<UnknownDriver>> {
    if wanted.is_empty() {
        return Ok(known.clone());
    }
    let mut chosen = BTreeSet::new();
    let mut unknown = Vec::new();
    for name in wanted {
        let mut found = known.iter().filter(|driver| pattern::matches(name, driver)).peekable();
        if found.peek().is_none() {
            let near = nearest(name, known.iter().copied()).map(str::to_owned);
            unknown.push(UnknownDriver { name: name.clone(), near });
        }
        chosen.extend(found);
    }
    if unknown.is_empty() { Ok(chosen) } else { Err(unknown) }
}
