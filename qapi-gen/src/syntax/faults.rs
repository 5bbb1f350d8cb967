//! Collects what is wrong with one file, within limits.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::Span;

/// After so many errors in a file its author is better served by silence. Likewise for warnings.
const LIMIT: usize = 500;

pub(super) struct Faults<'d> {
    found: &'d mut Diagnostics,
    errors: usize,
    warnings: usize,
}

impl<'d> Faults<'d> {
    pub(super) fn new(found: &'d mut Diagnostics) -> Self {
        Faults { found, errors: 0, warnings: 0 }
    }

    /// Takes a diagnostic in, unless there are very many already.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        let count = match diagnostic.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count <= LIMIT {
            self.found.push(diagnostic);
        }
    }

    /// How many errors there were.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// Whether it is time to stop, and says so if it is.
    pub(super) fn stop(&mut self, at: Span) -> bool {
        let stop = self.errors > LIMIT;
        if stop {
            let message = format!("more than {LIMIT} syntax errors in this file: the rest of it is not read");
            self.found.push(Diagnostic::error(Code::TooManySyntaxErrors, at, message));
        }
        stop
    }
}
