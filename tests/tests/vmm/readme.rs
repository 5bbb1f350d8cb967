//! The README's first command.

use crate::machine::{program, workspace};
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Stdio};

#[test]
fn a_guest_that_outlives_its_panic() {
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let options = "-S -action panic=none -qmp stdio -guest examples/vmm/panic.guest";
    let input = r#"{"execute":"qmp_capabilities"}{"execute":"cont"}"#;
    let command = format!("printf '{input}' | cargo run -p vmm -- {options}");
    assert!(readme.contains(&command), "the README tells something else than this test runs:\n{command}");

    let mut process = Command::new(program())
        .current_dir(workspace())
        .args(options.split(' '))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));

    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let place = |event: &str| lines.iter().position(|line| line["event"] == event).expect("both events come");
    let (panicked, shutdown) = (place("GUEST_PANICKED"), place("SHUTDOWN"));
    assert_eq!(lines[panicked]["data"]["action"], "run");
    assert_eq!(lines[shutdown]["data"]["reason"], "guest-shutdown");
    assert!(panicked < shutdown);
}
