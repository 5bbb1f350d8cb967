//! Replays recordings of a real QEMU against the example's process.
//!
//! The test finds the recordings through `QAPI_CONFORMANCE_DATA`. Our machine differs from QEMU in a few actions, so
//! the test translates each recording first; it reports a recording without a counterpart, with the reason.

mod actions;
mod boots;
mod command_line;
mod program;
mod replay;
mod skip;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::Value;

use crate::skip::Skip;

/// The outcome of a recording.
type Outcome = Result<(), Failure>;

/// Why a recording did not succeed.
enum Failure {
    /// It has no counterpart here.
    Skipped(Skip),
    /// It went differently.
    Differs(String),
}

impl From<Skip> for Failure {
    fn from(skip: Skip) -> Self {
        Self::Skipped(skip)
    }
}

impl From<String> for Failure {
    fn from(difference: String) -> Self {
        Self::Differs(difference)
    }
}

#[test]
fn recordings_of_guests() {
    let Some(folder) = support::recordings() else { return };
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "json") && !path.ends_with("options.json"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "a folder without recordings proves nothing");
    let cases = paths.into_iter().map(|path| {
        let name = path.file_stem().expect("a file name").to_string_lossy().into_owned();
        (name, read(&path))
    });
    run("recordings of guests", cases.collect(), replay::replay);
}

#[test]
fn recordings_of_command_lines() {
    let Some(folder) = support::recordings() else { return };
    let recorded = read(&folder.join("options.json"));
    let cases = recorded["cases"].as_array().expect("a list of cases");
    assert!(!cases.is_empty(), "a file without cases proves nothing");
    let named = cases.iter().map(|case| (case["options"].to_string(), case.clone()));
    run("recordings of command lines", named.collect(), command_line::replay);
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Runs the cases on a few threads, since each mostly waits for a process.
fn run(what: &str, cases: Vec<(String, Value)>, replay: fn(&Value) -> Outcome) {
    let total = cases.len();
    let queue = Mutex::new(cases.into_iter());
    let outcomes = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("no holder panics").next();
                    let Some((name, case)) = next else { return };
                    // A failed assertion in a case counts as a difference of that case.
                    let outcome = std::panic::catch_unwind(|| replay(&case))
                        .unwrap_or_else(|_| Err("an assertion failed, see above".to_owned().into()));
                    outcomes.lock().expect("no holder panics").insert(name, outcome);
                }
            });
        }
    });
    report(what, total, outcomes.into_inner().expect("no holder panics"));
}

fn report(what: &str, total: usize, outcomes: BTreeMap<String, Outcome>) {
    assert_eq!(outcomes.len(), total, "two cases of one name");
    let mut lines = Vec::new();
    let (mut ran, mut differing) = (0, 0);
    for (name, outcome) in outcomes {
        match outcome {
            Ok(()) => ran += 1,
            Err(Failure::Skipped(skip)) => lines.push(format!("  not run: {name}: {skip}")),
            Err(Failure::Differs(how)) => {
                ran += 1;
                differing += 1;
                lines.push(format!("  DIFFERS: {name}: {how}"));
            }
        }
    }
    lines.insert(0, format!("{what}: {ran} of {total} ran, {differing} differ"));
    qapi_test_support::say(&lines.join("\n"));
    assert_eq!(differing, 0, "see the list above");
    assert_ne!(ran, 0, "nothing ran");
}
