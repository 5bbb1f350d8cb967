//! The defines in a schema's conditions.

use super::Schema;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Origin, Severity};
use std::collections::BTreeSet;

impl Schema {
    /// A warning for each of `defines` that no condition of the schema names.
    pub fn unused_defines(&self, defines: &BTreeSet<String>) -> Diagnostics {
        let used = self.defines();
        (defines.iter())
            .filter(|name| !used.contains(name.as_str()))
            .map(|name| {
                let message = format!("no condition of the schema asks for '{name}'");
                Diagnostic::new(
                    Code::UnusedDefine,
                    Severity::Warning,
                    Origin::Option("define".to_owned()),
                    message,
                )
            })
            .collect()
    }

    /// Every define that a condition of the schema names.
    pub fn defines(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.conditionals().iter().for_each(|part| part.condition.defines(&mut names));
        names
    }
}
