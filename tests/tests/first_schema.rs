//! The page about a first schema: its code blocks are a package that builds and does what the page shows.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use qapi_gen::stages::introspect::{Introspection, Names};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema;
use qapi_test_support::user;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Builds beside the other things that cargo has built here, so that they are built once.
fn target() -> PathBuf {
    // This test is TARGET/PROFILE/deps/NAME.
    std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}

/// The tools know from the schema what its server answers to query-qmp-schema.
fn check_introspection(schema: &Path, answer: &Value) {
    let loaded = qapi_gen::stages::load(&DiskLoader, schema, &schema::Options::default()).unwrap().schema;
    let text = Introspection::new(&loaded, Names::Masked).decide(&BTreeSet::new()).to_json();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), *answer);
}

#[test]
fn the_first_schema_builds_and_answers() {
    let page = std::fs::read_to_string(workspace().join("docs/first-schema.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    user::write_first_schema(folder.path());
    let mut cargo = user::cargo(folder.path());
    cargo.args(["run", "--quiet"]).env("CARGO_TARGET_DIR", target());

    let (_, input) =
        page.split_once("    printf '{\"execute\":\"qmp_capabilities\"}{\"execute\":\"set-target\"").unwrap();
    let (input, _) = input.split_once("' | cargo run\n").unwrap();
    let refused = r#"{"execute": "set-target", "arguments": {"celsius":20,"mode":"boil"}}"#;
    assert!(page.contains(r#""arguments":{"celsius":20,"mode":"boil"}"#));
    let negotiate = r#"{"execute": "qmp_capabilities"}"#;
    let introspect = r#"{"execute": "query-qmp-schema"}"#;
    let input = format!("{negotiate}{introspect}{refused}{{\"execute\":\"set-target\"{input}");

    let mut process =
        cargo.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(!errors.contains("warning"), "{errors}");

    let printed = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines[0].get("QMP").is_some(), "{printed}");
    assert_eq!(lines[1], json!({"return": {}}));
    check_introspection(&folder.path().join("thermostat.json"), &lines[2]["return"]);
    let lines = &lines[1..];
    assert_eq!(lines[2]["error"]["class"], "GenericError");
    assert!(page.contains(printed.lines().nth(3).unwrap()), "the page shows another error than:\n{printed}");
    assert_eq!(lines[3]["event"], "TARGET_CHANGED");
    assert_eq!(lines[3]["data"], json!({"celsius": 21.5}));
    assert_eq!(lines[4], json!({"return": {}}));
    assert_eq!(lines[5], json!({"return": {}}), "no reply to quit");
}
