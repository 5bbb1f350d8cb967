//! Whether a comparison passes: its changes, and what was said about them before.

use super::change::{Change, Verdict};
use crate::source::Location;

/// The changes between two schemas, some of them accepted.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// All changes.
    pub changes: Vec<Change>,
    /// The entries of the accept file that accept nothing.
    pub stale: Vec<Stale>,
}

/// An entry of the accept file that accepts nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The file.
    pub file: String,
    /// The place of the entry.
    pub at: Location,
    /// The reason, for programs.
    pub staleness: Staleness,
    /// The entry and the reason, for people.
    pub message: String,
}

/// The reason why an entry accepts nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staleness {
    /// No change is the one that it names.
    Unmatched,
    /// The new schema has the version until which it held.
    Reached,
}

/// The worst that may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Incompatible changes fail.
    Incompatible,
    /// Changes that are worth a look fail, too.
    Look,
    /// Nothing fails.
    None,
}

impl From<Vec<Change>> for Comparison {
    /// None of the changes is accepted.
    fn from(changes: Vec<Change>) -> Self {
        Comparison { changes, stale: Vec::new() }
    }
}

impl Comparison {
    /// Whether no entry is stale and no change fails, unless it is accepted.
    pub fn passes(&self, fail_on: FailOn) -> bool {
        let fails = |change: &Change| match (fail_on, change.verdict) {
            _ if change.accepted.is_some() => false,
            (FailOn::Incompatible, verdict) => verdict == Verdict::Incompatible,
            (FailOn::Look, verdict) => verdict != Verdict::Compatible,
            (FailOn::None, _) => false,
        };
        fail_on == FailOn::None || self.stale.is_empty() && !self.changes.iter().any(fails)
    }
}
