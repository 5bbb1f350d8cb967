//! For people: an excerpt with marks.

use super::{Diagnostic, Diagnostics};
use crate::source::Sources;

impl Diagnostic {
    /// Renders for people, with a newline at the end.
    pub fn to_human(&self, _sources: &Sources) -> String {
        format!("{}[{}]: {}\n", self.severity, self.code, self.message)
    }
}

impl Diagnostics {
    /// Renders all for people, an empty line between two.
    pub fn to_human(&self, sources: &Sources) -> String {
        self.iter().map(|diagnostic| diagnostic.to_human(sources)).collect::<Vec<_>>().join("\n")
    }
}
