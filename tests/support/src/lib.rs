//! Code that the tests of all packages share: finding external data, comparing answers to query-qmp-schema, reading
//! recordings, starting servers, writing a user's package, and reporting skipped tests.

pub mod answer;
pub mod guest;
pub mod random;
pub mod recording;
pub mod server;
pub mod user;

use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder of conformance data, which is not part of the project.
///
/// `QAPI_CONFORMANCE_DATA` names it, relative to the workspace; the default is `../shared`.
pub fn conformance_folder() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    workspace.join(std::env::var_os("QAPI_CONFORMANCE_DATA").unwrap_or_else(|| "../shared".into()))
}

/// A file or folder of the conformance data. If it does not exist, reports the test as skipped.
pub fn conformance_data(part: &str) -> Option<PathBuf> {
    let path = conformance_folder().join(part);
    if path.exists() {
        return Some(path);
    }
    skipped(&format!("what needs {part}"), "it is not in the folder that QAPI_CONFORMANCE_DATA names");
    None
}

/// Reports that something was not tested, and why: a test that cannot run passes, but not silently.
///
/// The test harness captures `eprintln!` and drops the output of passing tests. It does not capture direct writes to
/// standard error.
pub fn skipped(what: &str, why: &str) {
    say(&format!("skipped: {what}: {why}"));
}

/// Prints a line past the capture of the test harness.
pub fn say(text: &str) {
    // If standard error is closed, there is nowhere to report it.
    let _ = writeln!(std::io::stderr(), "{text}");
}
