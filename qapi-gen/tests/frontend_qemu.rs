//! The front end against QEMU's own schemas and schema tests. What becomes of the whole suite is `cargo xtask conformance`'s.

use qapi_gen::Language;
use qapi_gen::stages::diagnostic::{Diagnostic, Diagnostics};
use qapi_gen::stages::lint::lint;
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema;
use qapi_gen::stages::source::Sources;
use qapi_gen::stages::syntax::{ast::Unit, load};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// QEMU's tree, if there is one.
fn qemu() -> Option<PathBuf> {
    qapi_test_support::conformance_data("qemu-10.0.2")
}

fn read(root: &Path, language: Option<Language>) -> (Unit, Sources, Diagnostics) {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let unit = load(&DiskLoader, root, language, &mut sources, &mut diagnostics);
    (unit, sources, diagnostics)
}

/// `file:line` of every error, files without their directory.
fn places(sources: &Sources, diagnostics: &Diagnostics) -> Vec<String> {
    let place = |diagnostic: &Diagnostic| match diagnostic.qemu_place() {
        Some(span) => {
            let file = sources.file(span.file).path().file_name().expect("a schema file has a name");
            format!("{}:{}", file.to_string_lossy(), sources.locate(span).line)
        }
        None => diagnostic.message.clone(),
    };
    diagnostics.iter().map(place).collect()
}

#[test]
fn qemus_schemas_are_read_without_a_complaint() {
    let Some(qemu) = qemu() else { return };
    for root in ["qapi/qapi-schema.json", "qga/qapi-schema.json", "storage-daemon/qapi/qapi-schema.json"] {
        let (unit, sources, diagnostics) = read(&qemu.join(root), None);
        assert!(diagnostics.is_empty(), "{}", diagnostics.to_human(&sources));
        assert!(unit.items.len() > 20, "{root}: {}", unit.items.len());
    }
}

/// Faults of form are found on the line that QEMU names; what has no fault of form is not complained about.
#[test]
fn qemus_cases_are_refused_where_qemu_refuses_them() {
    let Some(qemu) = qemu() else { return };
    let mut refused = 0;
    let mut cases = 0;
    let mut differences = Vec::new();
    let folder = qemu.join("tests/qapi-schema");
    for entry in std::fs::read_dir(&folder).expect("the folder of the cases can be read") {
        let path = entry.expect("an entry can be read").path();
        let expected = path.with_extension("err");
        if path.extension().is_none_or(|extension| extension != "json") || !expected.exists() {
            continue;
        }
        cases += 1;
        let expected = std::fs::read_to_string(expected).expect("the case's .err can be read");
        let (_, sources, diagnostics) = read(&path, Some(Language::V10_0));
        if diagnostics.is_empty() {
            if expected.lines().any(is_of_form) {
                differences.push(format!("{}: accepted, but QEMU says: {expected}", path.display()));
            }
            continue;
        }
        refused += 1;
        let ours = places(&sources, &diagnostics);
        if !ours.iter().any(|place| expected.contains(&format!("{place}:"))) {
            differences.push(format!("{ours:?}\n{}QEMU: {expected}", diagnostics.to_human(&sources)));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(cases > 100 && refused > 30, "only {cases} cases, {refused} of them refused");
}

/// Errors of form have a column in QEMU's text: `file:line:column: ...`.
fn is_of_form(line: &str) -> bool {
    line.split(':').nth(2).is_some_and(|column| column.parse::<u32>().is_ok())
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
        let Some(qemu) = qemu() else { return };
        let path = qemu.join(format!("{root}/qapi-schema.json"));
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

/// All that is left is about single definitions. Before lint honoured `documentation-exceptions` and the age of commands,
/// these were 479.
#[test]
fn advice_on_qemus_schema_is_short() {
    let Some(qemu) = qapi_test_support::conformance_data("qemu-10.2.2") else { return };
    let loaded = schema::load(&DiskLoader, qemu.join("qapi/qapi-schema.json"), &schema::Options::default());
    let findings = lint(&loaded.expect("QEMU accepts it, too").schema);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &findings {
        *counts.entry(finding.rule.name()).or_default() += 1;
    }
    // `qom-list-get` does not say since when it is there, so for all we know it is new.
    let expected =
        [("bare-return", 1), ("missing-since", 14), ("string-like-enum", 2), ("unmarked-experiment", 2)];
    assert_eq!(counts, BTreeMap::from(expected));
}
