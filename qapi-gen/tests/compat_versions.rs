//! From QEMU 7.2 to 10.0.2 and from there to 10.2.2: verdicts, each with its rule, on definitions that were read by hand in both
//! schemas. The paths are those that the comparison printed.
//!
//! The older schema is not kept here. `QAPI_QEMU_7_2` names a source tree of QEMU 7.2, for instance the one in the source
//! package `qemu` of Debian 12.

use qapi_gen::stages::compat::{Change, compare};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema;
use qapi_gen::stages::wire::Wire;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn load(tree: &Path) -> Wire {
    let options = schema::Options::default();
    match schema::load(&DiskLoader, tree.join("qapi/qapi-schema.json"), &options) {
        Ok(loaded) => Wire::from_schema(&loaded.schema),
        Err(failure) => panic!("{}", failure.diagnostics.to_human(&failure.sources)),
    }
}

const SEVEN_TO_TEN: &str = include_str!("compat/qemu-7.2-to-10.0.2.txt");
const TEN: &str = include_str!("compat/qemu-10.0.2-to-10.2.2.txt");

/// Compares two trees, if they are there: every verdict of the sample is found, among `count` changes.
fn compared(old: Option<PathBuf>, new: &str, sample: &str, count: usize) {
    let (Some(old), Some(new)) = (old, qapi_test_support::conformance_data(new)) else { return };
    let changes = compare(&load(&old), &load(&new));
    let found: BTreeSet<String> = (changes.iter())
        .map(|change| {
            let Change { verdict, kind, direction, path, rule, .. } = change;
            format!("{verdict} | {kind} | {direction} | {path} | {rule}")
        })
        .collect();
    let expected: BTreeSet<String> =
        sample.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    let missing: Vec<&String> = expected.difference(&found).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    assert_eq!(changes.len(), count);
}

#[test]
fn the_changes_from_7_2_to_10_0_2() {
    let old = std::env::var_os("QAPI_QEMU_7_2").map(PathBuf::from);
    if old.is_none() {
        qapi_test_support::skipped(
            "verdicts on 7.2 to 10.0.2",
            "QAPI_QEMU_7_2 names no source tree of QEMU 7.2",
        );
    }
    compared(old, "qemu-10.0.2", SEVEN_TO_TEN, 205);
}

#[test]
fn the_changes_from_10_0_2_to_10_2_2() {
    compared(qapi_test_support::conformance_data("qemu-10.0.2"), "qemu-10.2.2", TEN, 62);
}

#[test]
fn a_hundred_verdicts_are_kept() {
    let kept = [SEVEN_TO_TEN, TEN].map(|sample| sample.lines().filter(|line| !line.starts_with('#')).count());
    assert!(kept.iter().sum::<usize>() >= 100, "{kept:?}");
}
