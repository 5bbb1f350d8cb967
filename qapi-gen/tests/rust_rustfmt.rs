//! What rustfmt would change in generated code: nothing.
//!
//! Lines that rustfmt itself cannot break are as they were generated; it leaves the whole expression alone then. So a long
//! string literal is all that stays beyond its width, with paths that have no place to break.

use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::rust::{Conditions, Handlers, Options, generate};
use qapi_gen::stages::schema;
use qapi_test_support::{conformance_data, skipped};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Whether there is a rustfmt; says so when there is none.
fn is_installed() -> bool {
    // The toolchain's proxy is there without the component, and fails.
    let found = Command::new("rustfmt").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        skipped("what rustfmt makes of generated code", "there is no rustfmt");
    }
    found
}

/// What rustfmt makes of the text, with its own defaults.
fn formatted(text: &str) -> String {
    // Away from the workspace, whose configuration is not that of users.
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rustfmt is installed");
    let mut stdin = rustfmt.stdin.take().expect("it was asked for");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(text.as_bytes()));
        rustfmt.wait_with_output().expect("rustfmt ends")
    });
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("rustfmt writes text")
}

/// The lines that only one of the texts has, and how often more.
fn difference(left: &str, right: &str) -> Vec<String> {
    let mut counts = BTreeMap::<&str, i32>::new();
    left.lines().for_each(|line| *counts.entry(line).or_default() -= 1);
    right.lines().for_each(|line| *counts.entry(line).or_default() += 1);
    let changed = counts.into_iter().filter(|(_, count)| *count != 0);
    changed.map(|(line, count)| format!("{count:+} {line}")).collect()
}

/// The ways in which a schema is generated here.
fn manners() -> [Options; 4] {
    let mut client = Options::default();
    client.client = true;
    let mut cfg = client.clone();
    cfg.conditions = Conditions::Cfg { predicates: BTreeMap::default() };
    cfg.handlers = Handlers::Async;
    let mut bare = Options::default();
    bare.docs = false;
    [Options::default(), client, cfg, bare]
}

/// Checks that rustfmt changes nothing in what the schema becomes.
fn check(path: &Path) {
    let loaded = schema::load(&DiskLoader, path, &schema::Options::default());
    let schema = loaded.expect("the schema is right").schema;
    for options in manners() {
        let text = generate(&schema, &options).expect("the options are right");
        let formatted = formatted(&text);
        let changed = difference(&text, &formatted);
        let (path, count) = (path.display(), changed.len());
        assert!(text == formatted, "{path}: rustfmt changes {count} lines:\n{}", changed.join("\n"));
    }
}

#[test]
fn changes_nothing_of_our_schemas() {
    if !is_installed() {
        return;
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut schemas: Vec<PathBuf> = vec![workspace.join("schemas/qapi-schema.json")];
    for folder in ["tests/schemas", "tests/client-schemas/schemas"] {
        let entries = fs::read_dir(workspace.join(folder)).expect("the folder is there");
        let paths = entries.map(|entry| entry.expect("it can be read").path());
        schemas.extend(paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")));
    }
    assert!(schemas.len() > 10, "found only {schemas:?}");
    schemas.iter().for_each(|path| check(path));
}

#[test]
fn changes_nothing_of_qemus_schemas() {
    let Some(qemu) = conformance_data("qemu-10.0.2") else { return };
    if !is_installed() {
        return;
    }
    for root in ["qapi/qapi-schema.json", "qga/qapi-schema.json", "tests/qapi-schema/qapi-schema-test.json"] {
        check(&qemu.join(root));
    }
}

#[test]
fn a_difference_is_counted() {
    assert_eq!(difference("a\nb\nb\n", "a\nb\nc\n"), ["-1 b", "+1 c"]);
    assert!(difference("a\n", "a\n").is_empty());
}
