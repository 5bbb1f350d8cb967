//! From QEMU 7.2 to 10.0.2: verdicts, each with its rule, that were looked up by hand in both schemas.
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

#[test]
fn the_changes_from_7_2_to_10_0_2() {
    let Some(new) = qapi_test_support::conformance_data("qemu-10.0.2") else { return };
    let Some(old) = std::env::var_os("QAPI_QEMU_7_2").map(PathBuf::from) else {
        qapi_test_support::skipped(
            "verdicts on 7.2 to 10.0.2",
            "QAPI_QEMU_7_2 names no source tree of QEMU 7.2",
        );
        return;
    };
    let changes = compare(&load(&old), &load(&new));
    let found: BTreeSet<String> = (changes.iter())
        .map(|change| {
            let Change { verdict, kind, direction, path, rule, .. } = change;
            format!("{verdict} | {kind} | {direction} | {path} | {rule}")
        })
        .collect();
    let sample = include_str!("compat/qemu-7.2-to-10.0.2.txt");
    let expected: BTreeSet<String> =
        sample.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    assert!(expected.len() >= 50, "{}", expected.len());
    let missing: Vec<&String> = expected.difference(&found).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    assert_eq!(changes.len(), 221);
}
