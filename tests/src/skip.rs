//! A test that cannot run says so, even though it passes.

use std::io::Write;

/// Says that something was not tested, and why.
///
/// The test harness keeps what a passing test prints by `eprintln!` to itself; what is written to standard error
/// directly is seen.
pub fn skipped(what: &str, why: &str) {
    // Nobody is left to tell when standard error is gone.
    let _ = writeln!(std::io::stderr(), "skipped: {what}: {why}");
}
