//! What the tests of all packages share: where data of others is, how recordings are read, packages of users, and saying
//! what was skipped.

pub mod recording;
pub mod user;

use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder of data that conformance is measured against, which is no part of the project.
///
/// `QAPI_CONFORMANCE_DATA` names it, relative to the workspace; `../shared` unless told.
pub fn conformance_folder() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    workspace.join(std::env::var_os("QAPI_CONFORMANCE_DATA").unwrap_or_else(|| "../shared".into()))
}

/// A file or folder of the conformance data. When it is not there, says that the test is skipped.
pub fn conformance_data(part: &str) -> Option<PathBuf> {
    let path = conformance_folder().join(part);
    if path.exists() {
        return Some(path);
    }
    skipped(&format!("what needs {part}"), "it is not in the folder that QAPI_CONFORMANCE_DATA names");
    None
}

/// Says that something was not tested, and why: a test that cannot run passes, but not in silence.
///
/// The test harness keeps what a passing test prints by `eprintln!` to itself; what is written to standard error
/// directly is seen.
pub fn skipped(what: &str, why: &str) {
    say(&format!("skipped: {what}: {why}"));
}

/// Prints a line past the capture of the test harness.
pub fn say(text: &str) {
    // There is no one to tell when standard error is gone.
    let _ = writeln!(std::io::stderr(), "{text}");
}
