//! Conformance with QEMU: its own suite of schemas, and the schemas of its programs.
//!
//! The data is found through `QAPI_CONFORMANCE_DATA`; without it, these tests say so and pass.

#![allow(missing_docs)]

use qapi_gen::Language;
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema;
use std::path::{Path, PathBuf};

#[path = "../../xtask/src/conformance/dump.rs"]
#[allow(unreachable_pub)]
mod dump;
#[path = "../../xtask/src/conformance/suite.rs"]
#[allow(unreachable_pub)]
mod suite;

/// The QEMU trees that are here, with their languages.
fn trees() -> Vec<(PathBuf, Language)> {
    let mut trees: Vec<(PathBuf, Language)> =
        [("qemu-10.0.2", Language::V10_0), ("qemu-10.2.2", Language::V10_2)]
            .into_iter()
            .filter_map(|(name, language)| Some((qapi_test_support::conformance_data(name)?, language)))
            .collect();
    match std::env::var_os("QAPI_QEMU_7_2") {
        Some(folder) => trees.push((Path::new("..").join(folder), Language::V7_2)),
        None => qapi_test_support::skipped(
            "the schemas and cases of QEMU 7.2",
            "QAPI_QEMU_7_2 does not name its source",
        ),
    }
    trees
}

#[test]
fn the_schema_suites_agree() {
    for (tree, language) in trees() {
        let outcome = suite::run(&tree.join("tests/qapi-schema"), language).expect("the suite is readable");
        assert!(outcome.cases > 100, "only {} cases", outcome.cases);
        let texts: Vec<String> =
            outcome.differences.iter().map(|(case, text)| format!("{case}: {text}")).collect();
        let (cases, tree) = (outcome.cases, tree.display());
        assert!(texts.is_empty(), "{tree}: {} of {cases} cases differ\n{}", texts.len(), texts.join("\n"));
    }
}

/// Warnings that QEMU's schemas of version 10 earn: two types of the guest agent depend on CONFIG_LIBUDEV, and use types that
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
    for (tree, language) in trees() {
        for (root, earned) in EARNED {
            // The definitions that earn them are newer.
            let earned = if language == Language::V7_2 { &[] } else { *earned };
            accept(&tree.join(root).join("qapi-schema.json"), language, earned);
        }
    }
}

fn accept(path: &Path, language: Language, earned: &[&str]) {
    let root = path.display();
    let loaded = match schema::load(&DiskLoader, path, &schema::Options::default()) {
        Ok(loaded) => loaded,
        Err(failure) => panic!("{root}:\n{}", failure.diagnostics.to_human(&failure.sources)),
    };
    assert_eq!(loaded.schema.language, language, "{root}");
    assert!(loaded.schema.definitions.len() > 20, "{root}: only {}", loaded.schema.definitions.len());
    let said: Vec<&str> = loaded.warnings.iter().map(|warning| warning.message.as_str()).collect();
    let as_earned = said.len() == earned.len()
        && said.iter().zip(earned).all(|(message, start)| message.starts_with(start));
    assert!(as_earned, "{root}:\n{}", loaded.warnings.to_human(&loaded.schema.sources));
}
