//! A new argument of a command is a compile error in the handler that would ignore it.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use qapi_test_support::user;
use std::fs;
use std::path::{Path, PathBuf};

const MANIFEST: &str = r#"[package]
name = "vmm"
version = "0.1.0"
edition = "2024"

[dependencies]
qapi-runtime = { path = "../qapi/qapi-runtime", default-features = false, features = ["server", "threads"] }
signal-hook = "0.4"
tracing = { version = "0.1", default-features = false }
tracing-subscriber = "0.3"

[build-dependencies]
qapi-gen = { path = "../qapi/qapi-gen", default-features = false }
"#;

const BUILD: &str = r#"fn main() -> Result<(), qapi_gen::Error> {
    qapi_gen::Builder::new().compile("schemas/qapi-schema.json")
}
"#;

/// `NmiAction`, and the argument of `set-action` that takes it.
const NMI: &str = "
##
# @NmiAction:
#
# What an NMI does.
#
# @none: nothing
#
# @pause: pause the machine
#
# Since: 1.0
##
{ 'enum': 'NmiAction', 'data': [ 'none', 'pause' ] }

##
# @RebootAction:
";

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(path, to).unwrap();
        }
    }
}

/// What rustc says about the example.
fn check(folder: &Path) -> Result<(), String> {
    let target: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-argument");
    let mut cargo = user::cargo(folder);
    cargo.args(["check", "--quiet", "--offline"]).env("CARGO_TARGET_DIR", target);
    let output = cargo.output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8(output.stderr).unwrap()) }
}

/// Replaces the only occurrence of `old`.
fn replace(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old}");
    text.replace(old, new)
}

#[test]
fn the_example_does_not_ignore_a_new_argument() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    user::write_package(folder, &[("Cargo.toml", MANIFEST), ("build.rs", BUILD)]);
    copy(&workspace().join("examples/vmm/src"), &folder.join("src"));
    copy(&workspace().join("schemas"), &folder.join("schemas"));
    assert_eq!(check(folder), Ok(()));

    let path = folder.join("schemas/run-state.json");
    let schema = fs::read_to_string(&path).unwrap();
    let schema = replace(&schema, "\n##\n# @RebootAction:\n", NMI);
    let (before, command) = schema.split_once("# @set-action:").unwrap();
    let command = command.replacen("\n# @watchdog:", "\n# @nmi: what an NMI does\n#\n# @watchdog:", 1);
    let command = command.replacen("'*panic':", "'*nmi': 'NmiAction', '*panic':", 1);
    fs::write(&path, format!("{before}# @set-action:{command}")).unwrap();
    let error = check(folder).unwrap_err();
    assert!(error.contains("pattern does not mention field `nmi`"), "{error}");
}
