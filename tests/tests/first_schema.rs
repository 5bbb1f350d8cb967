//! The README's first schema of one's own: its code blocks are a package that builds and does what the README shows.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use qapi_gen::stages::introspect::{Introspection, Names};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The block of code that follows the first paragraph which starts with the file's name.
fn block(readme: &str, file: &str) -> String {
    let (_, rest) =
        readme.split_once(&format!("\n`{file}`")).unwrap_or_else(|| panic!("no {file} in the README"));
    let (_, rest) = rest.split_once("\n```").unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    let (code, _) = rest.split_once("\n```\n").unwrap();
    format!("{code}\n")
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
fn the_first_schema_of_the_readme() {
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("src")).unwrap();
    for file in ["Cargo.toml", "thermostat.json", "build.rs", "src/main.rs"] {
        let clone = workspace().to_str().unwrap();
        let text = block(&readme, file).replace("../qapi/", &format!("{clone}/"));
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    // The versions that this workspace is tested with; they are there already.
    std::fs::copy(workspace().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(folder.path()).args(["run", "--quiet"]).env("CARGO_TARGET_DIR", target());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
            cargo.env_remove(name);
        }
    }

    let (_, input) = readme
        .split_once("    printf '{\"execute\":\"qmp_capabilities\"}{\"execute\":\"set-target\"")
        .unwrap();
    let (input, _) = input.split_once("' | cargo run\n").unwrap();
    let refused = r#"{"execute": "set-target", "arguments": {"celsius":20,"mode":"boil"}}"#;
    assert!(readme.contains(r#""arguments":{"celsius":20,"mode":"boil"}"#));
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
    assert!(
        readme.contains(printed.lines().nth(3).unwrap()),
        "the README shows another error than:\n{printed}"
    );
    assert_eq!(lines[3]["event"], "TARGET_CHANGED");
    assert_eq!(lines[3]["data"], json!({"celsius": 21.5}));
    assert_eq!(lines[4], json!({"return": {}}));
    assert_eq!(lines[5], json!({"return": {}}), "no reply to quit");
}
