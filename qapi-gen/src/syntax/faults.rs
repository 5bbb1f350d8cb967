//! Collects the diagnostics of one file, up to a limit.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::Span;

/// The most errors, and the most warnings, that are reported for one file. More would not help its author.
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

    /// Adds a diagnostic, unless the limit is reached.
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

    /// The number of errors.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// Whether to stop reading; reports it if so.
    pub(super) fn stop(&mut self, at: Span) -> bool {
        let stop = self.errors > LIMIT;
        if stop {
            let message = format!("more than {LIMIT} syntax errors in this file: the rest of it is not read");
            self.found.push(Diagnostic::error(Code::TooManySyntaxErrors, at, message));
        }
        stop
    }
}
