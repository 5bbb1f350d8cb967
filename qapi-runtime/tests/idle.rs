//! A server that waits takes no processor time, on either transport.
//!
//! A program of its own: what it measures is the time of the whole process.

#![cfg(all(target_os = "linux", feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, Fixture, Kind, on_each_transport, start};
use std::thread;
use std::time::Duration;

on_each_transport! {
    a_client_that_left_is_not_looked_at_while_its_command_runs_on,
}

/// The socket says at any time that the client has left: to ask it again and again would take all there is.
fn a_client_that_left_is_not_looked_at_while_its_command_runs_on(kind: Kind) {
    let Fixture { path, server, monitor, .. } = &start(kind);
    let mut client = Client::negotiated(path);
    client.send(r#"{"execute": "await"}"#);
    server.gate.until_waited_at();
    drop(client);
    let before = ticks();
    thread::sleep(Duration::from_millis(500));
    let taken = ticks() - before;
    // There are 100 in a second, or more.
    assert!(taken < 10, "{taken} ticks of processor time");
    assert_eq!(monitor.sessions(), 1, "the command runs");
    server.gate.open();
}

/// How much processor time this process has taken.
fn ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("a file");
    // Behind the name, which may contain anything, these are the 12th and 13th.
    let (_, values) = stat.rsplit_once(')').expect("a name");
    let values: Vec<&str> = values.split_whitespace().collect();
    values[11..13].iter().map(|value| value.parse::<u64>().expect("a number")).sum()
}
