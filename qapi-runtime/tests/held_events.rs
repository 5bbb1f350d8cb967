//! Events that a limit holds back come in the end, whatever becomes of the transports.

#![cfg(all(unix, feature = "threads", feature = "tokio"))]

mod bed;
mod session_stub;

use bed::{Client, Kind, is_event};
use qapi_runtime::Event;
use qapi_runtime::Monitor;
use session_stub::{Server, Watchdog};
use std::path::Path;
use std::time::Duration;

bed::on_each_transport! {
    held_events_come_beside_another_runtime,
    held_events_come_after_another_runtime_has_ended,
    held_events_come_although_a_later_runtime_has_ended,
}

fn throttled(server: &Server) -> Monitor {
    let builder = Monitor::builder(server.clone()).events(&server.events);
    builder.throttle(Watchdog::NAME, Duration::from_millis(200), None).build()
}

/// Of two events in a row the second one is held back, and has to be sent later.
fn assert_held_events_come(server: &Server, path: &Path) {
    let mut client = Client::negotiated(path);
    for last in [2, 4] {
        server.events.send(&Watchdog::new(last - 1));
        server.events.send(&Watchdog::new(last));
        let mut line = String::new();
        while !line.contains(&format!("\"value\": {last}}}")) {
            line = client.line();
            assert!(is_event(&line, "WATCHDOG"), "{line}");
        }
    }
}

fn held_events_come_beside_another_runtime(kind: Kind) {
    let (server, directory) = (Server::default(), tempfile::tempdir().expect("a directory"));
    let monitor = throttled(&server);
    let other = Kind::tokio();
    let [first, second] = ["first", "second"].map(|name| directory.path().join(name));
    other.serve_unix(&first, &monitor).expect("serves");
    kind.serve_unix(&second, &monitor).expect("serves");
    assert_held_events_come(&server, &second);
    assert_held_events_come(&server, &first);
}

fn held_events_come_after_another_runtime_has_ended(kind: Kind) {
    let (server, directory) = (Server::default(), tempfile::tempdir().expect("a directory"));
    let monitor = throttled(&server);
    let other = Kind::tokio();
    other.serve_unix(&directory.path().join("first"), &monitor).expect("serves");
    drop(Client::negotiated(&directory.path().join("first")));
    drop(other);
    let second = directory.path().join("second");
    kind.serve_unix(&second, &monitor).expect("serves");
    assert_held_events_come(&server, &second);
}

fn held_events_come_although_a_later_runtime_has_ended(kind: Kind) {
    let (server, directory) = (Server::default(), tempfile::tempdir().expect("a directory"));
    let monitor = throttled(&server);
    let [first, second] = ["first", "second"].map(|name| directory.path().join(name));
    kind.serve_unix(&first, &monitor).expect("serves");
    let other = Kind::tokio();
    other.serve_unix(&second, &monitor).expect("serves");
    drop(Client::negotiated(&second));
    drop(other);
    assert_held_events_come(&server, &first);
}
