//! What clients do to hurt a server, and handlers by mistake, on both transports.

#![cfg(all(unix, feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, Fixture, HELLO, HELLO_OOB, Kind, LONG, start, start_with};
use session_stub::Server;
use std::io::{ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

const NAME: &str = r#"{"execute": "query-name"}"#;

bed::on_each_transport! {
    a_client_killed_anywhere_disturbs_nobody,
    a_handler_that_panics_fails_its_command_only,
    a_client_that_never_reads_cannot_make_the_server_buffer,
    a_shutdown_writes_what_the_client_has_not_read_yet,
    a_long_handler_learns_that_its_client_has_left,
}

fn a_client_killed_anywhere_disturbs_nobody(kind: Kind) {
    let conversation = [
        HELLO_OOB,
        r#"{"execute": "query-status", "id": "Ā\u0000\\"}"#,
        r#"{"exec-oob": "query-yank", "id": 1}"#,
        r#"{"execute": "await", "id": {"a": [1, 2]}}{"execute": "blockdev-add"}"#,
        r#"{"execute": "panic"}{"execute": "panic-later"}"#,
        r#"{"execute": "raw", "arguments": {"a": [[[{"b": null}]]]}}"#,
        "[}",
    ]
    .concat();
    let fixture = start(kind);
    fixture.server.gate.open();
    let mut other = Client::negotiated(&fixture.path);
    for reads in [false, true] {
        for end in 0..=conversation.len() {
            let mut killed = UnixStream::connect(&fixture.path).expect("connects");
            killed.write_all(&conversation.as_bytes()[..end]).expect("sends");
            if reads {
                // The greeting is read, so that the end comes while the session works.
                std::io::Read::read(&mut killed, &mut [0; 64]).expect("reads");
            }
            drop(killed);
        }
        assert_eq!(other.ask(NAME), "{\"return\": {}}");
    }
    while fixture.monitor.sessions() > 1 {
        std::thread::yield_now();
    }
    assert_eq!(other.ask(NAME), "{\"return\": {}}");
    assert!(fixture.monitor.shutdown(LONG), "no command is left running");
}

fn a_handler_that_panics_fails_its_command_only(kind: Kind) {
    let fixture = start(kind);
    let mut other = Client::negotiated(&fixture.path);
    for hello in [HELLO, HELLO_OOB] {
        let mut client = Client::connect(&fixture.path);
        assert_eq!(client.ask(hello), "{\"return\": {}}");
        for command in ["panic", "panic-later"] {
            let answer = client.ask(&format!("{{\"execute\": \"{command}\", \"id\": 1}}"));
            assert!(answer.starts_with("{\"id\": 1, \"error\": {\"class\": \"GenericError\""), "{answer}");
            assert_eq!(client.ask(NAME), "{\"return\": {}}");
            assert_eq!(other.ask(NAME), "{\"return\": {}}");
        }
    }
}

fn a_client_that_never_reads_cannot_make_the_server_buffer(kind: Kind) {
    for hello in [HELLO, HELLO_OOB] {
        let Fixture { path, server, .. } =
            &start_with(kind.clone(), Server::default(), |builder| builder.output_limit(10_000));
        let mut greedy = Client::connect(path);
        assert_eq!(greedy.ask(hello), "{\"return\": {}}");
        greedy.stream.set_nonblocking(true).expect("does not wait");
        let mut other = Client::negotiated(path);
        let commands = r#"{"execute": "set-action"}"#.repeat(1000);
        let done = || server.log.lock().expect("log").len();
        let (mut sent, mut idle, mut progress) = (0, 0, (0, 0));
        // Meanwhile others are served; after so many of their turns without any progress the server reads no more.
        while idle < 200 {
            match greedy.stream.write(commands.as_bytes()) {
                Ok(count) => sent += count,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::WouldBlock);
                    assert_eq!(other.ask(NAME), "{\"return\": {}}");
                    // The longer this takes, the surer it is that a server which goes on is seen to.
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            // What sockets hold is a few hundred KiB; replies to all this must not be kept.
            assert!(sent < 4 << 20, "the server reads without end");
            let now = (sent, done());
            idle = if now == progress { idle + 1 } else { 0 };
            progress = now;
        }
        // Once the client reads, it gets its replies, and the server reads on.
        assert!(greedy.reader.get_ref().set_nonblocking(false).is_ok());
        for _ in 0..1000 {
            assert_eq!(greedy.line(), "{\"return\": {}}");
        }
    }
}

fn a_shutdown_writes_what_the_client_has_not_read_yet(kind: Kind) {
    const COUNT: usize = 20_000;
    let fixture = start(kind);
    let mut client = Client::negotiated(&fixture.path);
    for id in 0..COUNT {
        client.send(&format!("{{\"execute\": \"query-status\", \"id\": {id}}}"));
    }
    client.send(r#"{"execute": "set-action"}"#);
    while fixture.server.log.lock().expect("log").is_empty() {
        std::thread::yield_now();
    }
    // More than a socket holds is left, and the client has read none of it.
    let monitor = fixture.monitor.clone();
    let ending = std::thread::spawn(move || monitor.shutdown(LONG));
    for id in 0..COUNT {
        assert!(client.line().ends_with(&format!("\"id\": {id}}}")));
    }
    assert_eq!(client.line(), r#"{"return": {}}"#);
    assert_eq!(client.line(), "");
    assert!(ending.join().expect("no panic"));
}

fn a_long_handler_learns_that_its_client_has_left(kind: Kind) {
    let fixture = start(kind);
    for hello in [HELLO, HELLO_OOB] {
        let mut client = Client::connect(&fixture.path);
        assert_eq!(client.ask(hello), "{\"return\": {}}");
        client.send(r#"{"execute": "linger"}"#);
        // A command of a client that has left does not even begin.
        fixture.server.gate.until_waited_at();
        fixture.server.gate.forget();
        drop(client);
        let noted = loop {
            if let Some(entry) = fixture.server.log.lock().expect("log").pop() {
                break entry;
            }
            std::thread::yield_now();
        };
        assert_eq!(noted, "client gone: true");
    }
}
