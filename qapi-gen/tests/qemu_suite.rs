//! Conformance with QEMU: its own suite of schemas, and the schemas of its programs.
//!
//! The data is found through `QAPI_CONFORMANCE_DATA`; without it, these tests say so and pass.

#![allow(missing_docs)]

use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema;
use std::path::PathBuf;

#[path = "../../xtask/src/conformance/dump.rs"]
#[allow(unreachable_pub)]
mod dump;
#[path = "../../xtask/src/conformance/suite.rs"]
#[allow(unreachable_pub)]
mod suite;

/// The part of the QEMU tree named `part`, or nothing when there is no such data here.
fn data(part: &str) -> Option<PathBuf> {
    qapi_test_support::conformance_data(&format!("qemu-10.0.2/{part}"))
}

#[test]
fn the_schema_suite_agrees() {
    let Some(folder) = data("tests/qapi-schema") else { return };
    let outcome = suite::run(&folder, true).expect("the suite is readable");
    assert!(outcome.cases > 100, "only {} cases", outcome.cases);
    let texts: Vec<String> =
        outcome.differences.iter().map(|(case, text)| format!("{case}: {text}")).collect();
    assert!(texts.is_empty(), "{} of {} cases differ\n{}", texts.len(), outcome.cases, texts.join("\n"));
}

/// Warnings that QEMU's schemas earn: two types of the guest agent depend on CONFIG_LIBUDEV, and use types that
/// depend on CONFIG_LINUX, which CONFIG_LIBUDEV implies only by how QEMU is configured.
const EARNED: &[(&str, &[&str])] = &[
    ("qapi", &[]),
    (
        "qga",
        &["union 'GuestDiskSmart' uses 'GuestDiskBusType'", "struct 'GuestDiskInfo' uses 'GuestDiskAddress'"],
    ),
    ("storage-daemon/qapi", &[]),
];

#[test]
fn the_schemas_of_qemu_are_accepted() {
    for (root, earned) in EARNED {
        let Some(path) = data(&format!("{root}/qapi-schema.json")) else { return };
        let loaded = match schema::load(&DiskLoader, &path, &schema::Options::default()) {
            Ok(loaded) => loaded,
            Err(failure) => panic!("{root}:\n{}", failure.diagnostics.to_human(&failure.sources)),
        };
        assert!(loaded.schema.definitions.len() > 20, "{root}: only {}", loaded.schema.definitions.len());
        let said: Vec<&str> = loaded.warnings.iter().map(|warning| warning.message.as_str()).collect();
        let as_earned = said.len() == earned.len()
            && said.iter().zip(*earned).all(|(message, start)| message.starts_with(start));
        assert!(as_earned, "{root}:\n{}", loaded.warnings.to_human(&loaded.schema.sources));
    }
}
