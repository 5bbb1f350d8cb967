//! Clients that send much and read later, on both transports.

#![cfg(all(unix, feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, HELLO_OOB, Kind, start_with};
use session_stub::Server;
use std::thread;
use std::time::Duration;

bed::on_each_transport! {
    what_waits_in_the_queue_goes_on_when_the_client_reads_at_last,
}

/// Nothing comes in meanwhile that could wake the one who reads.
fn what_waits_in_the_queue_goes_on_when_the_client_reads_at_last(kind: Kind) {
    const COUNT: usize = 6;
    let fixture = start_with(kind, Server::default(), |builder| builder.output_limit(1000));
    let mut client = Client::connect(&fixture.path);
    assert_eq!(client.ask(HELLO_OOB), "{\"return\": {}}");
    client.send(r#"{"execute": "blockdev-add", "id": "first"}"#);
    // More than the kernel keeps for a client.
    let text = "r".repeat(1 << 20);
    for id in 0..COUNT {
        client.send(&format!(r#"{{"execute": "raw", "arguments": {{"text": "{text}"}}, "id": {id}}}"#));
    }
    // It overtakes the others, so all of them are in the queue.
    assert!(client.ask(r#"{"exec-oob": "query-yank"}"#).contains("chardev"));
    fixture.server.gate.open();
    // Long enough for the thread that runs commands to find no room.
    thread::sleep(Duration::from_millis(100));
    assert_eq!(client.line(), r#"{"return": {}, "id": "first"}"#);
    for id in 0..COUNT {
        assert!(client.line().ends_with(&format!("\"id\": {id}}}")));
    }
}
