//! The caller's decisions for places where schemas cannot be joined.

use super::group::Group;
use super::{MergeError, Preferences};
use crate::compose::Source;
use std::collections::{BTreeMap, BTreeSet};

/// The caller's decisions, and which of them are used.
pub(super) struct Decisions {
    sides: BTreeMap<String, usize>,
    unused: BTreeSet<String>,
}

impl Decisions {
    /// Reads preferences.
    ///
    /// # Errors
    ///
    /// A label that no side has.
    pub(super) fn new(sources: &[Source<'_>], preferences: &Preferences) -> Result<Self, MergeError> {
        let mut sides = BTreeMap::new();
        for (place, label) in preferences {
            let found = sources.iter().position(|source| source.label == label);
            let side = found.ok_or_else(|| {
                let labels: Vec<&str> = sources.iter().map(|source| source.label).collect();
                let labels = labels.join(", ");
                MergeError::Preference(format!(
                    "no schema is called {label}, which {place} should follow; there are {labels}"
                ))
            })?;
            sides.insert(place.clone(), side);
        }
        let unused = preferences.keys().cloned().collect();
        Ok(Decisions { sides, unused })
    }

    /// The group that remains at a place.
    pub(super) fn apply(&mut self, place: &str, group: Group) -> Group {
        let Some(&side) = self.sides.get(place) else { return group };
        let kept: Group = group.iter().filter(|met| met.side == side).copied().collect();
        if kept.is_empty() {
            return group;
        }
        self.unused.remove(place);
        kept
    }

    /// A decision that concerns no place, or one that the preferred schema does not have.
    pub(super) fn unused(&self) -> Option<String> {
        self.unused.first().cloned()
    }
}
