//! How much memory clients can have the server take. Each test is a process of its own, whose memory it looks at.

#![cfg(all(target_os = "linux", feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, HELLO, Kind, start};
use std::io::Write;
use std::process::Command;

bed::on_each_transport! {
    clients_that_never_negotiate_take_a_bounded_amount_together,
}

/// Has a process started by a test do its part instead of the test.
const CHILD: &str = "QAPI_MEMORY_TEST_CHILD";

const MIB: usize = 1 << 20;

/// Each has the server take some 12 MiB, so that it would be about 500 MiB for all of them.
const CLIENTS: usize = 40;

/// The most memory that this process has had, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("the state of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
}

/// The test that this thread runs, in a process of its own. False in that process.
fn again() -> bool {
    if std::env::var_os(CHILD).is_some() {
        return false;
    }
    let thread = std::thread::current();
    let program = std::env::current_exe().expect("this program");
    let arguments = ["--exact", thread.name().expect("the test's name"), "--nocapture"];
    let output = Command::new(program).args(arguments).env(CHILD, "").output().expect("starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    true
}

/// A small text that takes much more when it is parsed: many clients send it and do not go on.
fn clients_that_never_negotiate_take_a_bounded_amount_together(kind: Kind) {
    if again() {
        return;
    }
    let fixture = start(kind);
    let mut other = Client::negotiated(&fixture.path);
    let text = br#"{"execute":"ask","arguments":{"x":["#.to_vec();
    let text = [text, br#"{"a":1},"#.repeat(345_000)].concat();
    let before = peak();
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = Client::connect(&fixture.path);
        // Its session may be dropped meanwhile.
        let _ = client.stream.write_all(&text);
        clients.push(client);
        assert_eq!(other.ask(r#"{"execute": "query-name"}"#), "{\"return\": {}}");
    }
    let mut next = Client::connect(&fixture.path);
    assert_eq!(next.ask(HELLO), "{\"return\": {}}");
    let taken = peak() - before;
    assert!(taken < 350 * MIB, "{} MiB", taken / MIB);
    drop(clients);
    assert_eq!(next.ask(r#"{"execute": "query-name"}"#), "{\"return\": {}}");
}
