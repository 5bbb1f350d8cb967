//! The forge's workflow, checked as far as that is possible without the forge.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The texts of all workflows.
fn workflows() -> Vec<String> {
    let files = fs::read_dir(root().join(".github/workflows")).unwrap();
    let texts: Vec<String> = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    assert!(!texts.is_empty(), "there is no workflow");
    texts
}

/// The values of a key, wherever it stands. A block (`key: |`) ends at the first line that is not indented deeper.
fn values(text: &str, key: &str) -> Vec<String> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut values = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let entry = line.trim_start().trim_start_matches("- ");
        let Some(value) = entry.strip_prefix(key).and_then(|rest| rest.strip_prefix(": ")) else { continue };
        if value != "|" {
            values.push(value.to_owned());
            continue;
        }
        let mut block = String::new();
        while let Some(more) = lines.next_if(|more| more.trim().is_empty() || indent(more) > indent(line)) {
            block += more.trim_start();
            block.push('\n');
        }
        values.push(block);
    }
    values
}

#[test]
fn each_action_has_a_version() {
    for text in workflows() {
        let actions = values(&text, "uses");
        assert!(!actions.is_empty(), "no action is used: {text}");
        for action in actions {
            let version = action.split_once('@').map(|(_, version)| version.trim_start_matches('v'));
            let is_number = |version: &str| version.starts_with(|c: char| c.is_ascii_hexdigit());
            assert!(version.is_some_and(is_number), "{action} has no version");
        }
    }
}

#[test]
fn scripts_are_valid_and_end_in_the_checks() {
    for text in workflows() {
        let scripts = values(&text, "run");
        for script in &scripts {
            let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
            bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
            assert!(bash.wait().unwrap().success(), "not a script: {script}");
        }
        assert_eq!(scripts.last().map(String::as_str), Some(".ci/run"));
    }
}

/// Words that look like a path of the project: they begin with one of its hidden folders, or name a manifest.
#[test]
fn files_that_are_named_exist() {
    let mut found = 0;
    for text in workflows() {
        let code = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let separates = |c: char| c.is_whitespace() || "'\"(),".contains(c);
        for word in code.flat_map(|line| line.split(separates)) {
            if word.starts_with(".ci/") || word.ends_with("Cargo.toml") || word == "Cargo.lock" {
                assert!(root().join(word).exists(), "there is no {word}");
                found += 1;
            }
        }
    }
    assert!(found >= 3, "{found} files are named");
}

/// `.ci/run` leaves out the check of a stated version whose toolchain is not installed.
#[test]
fn every_stated_version_of_rust_is_installed() {
    for text in workflows() {
        for manifest in ["Cargo.toml", "qapi-runtime/Cargo.toml"] {
            let states = fs::read_to_string(root().join(manifest)).unwrap().contains("\nrust-version = \"");
            assert!(states, "{manifest} states no version");
            let is_read = values(&text, "run").iter().any(|script| {
                script.lines().any(|line| {
                    line.contains("rust-version") && line.split([' ', ')']).any(|word| word == manifest)
                })
            });
            assert!(is_read, "the version in {manifest} is not installed");
        }
    }
}
