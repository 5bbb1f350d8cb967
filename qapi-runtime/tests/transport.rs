//! End to end over real sockets, on both transports.

#![cfg(all(unix, feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, Fixture, HELLO, HELLO_OOB, Kind, LONG, is_event, start, start_with};
use qapi_runtime::Monitor;
use session_stub::{Resume, Server, Tick};
use std::io::{BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

bed::on_each_transport! {
    events_reach_every_negotiated_session_and_come_before_the_reply,
    a_killed_client_disturbs_nobody,
    a_half_closed_client_gets_its_reply,
    out_of_band_overtakes_a_running_command,
    without_out_of_band_an_async_command_lets_events_through,
    quit_is_answered_before_the_process_may_end,
    sockets_are_private_and_replaced_only_when_stale,
    tcp_serves_loopback_only_unless_told,
    a_client_that_does_not_read_is_dropped_and_others_are_served,
    replies_wait_for_a_client_that_does_not_read,
    a_reply_does_not_wait_for_the_command_behind_it,
    a_tcp_client_that_never_reads_hurts_no_one,
    a_thousand_sessions_get_every_event,
    descriptors_arrive_with_their_command,
}

fn events_reach_every_negotiated_session_and_come_before_the_reply(kind: Kind) {
    let fixture = start(kind);
    let [mut a, mut b] = [Client::negotiated(&fixture.path), Client::negotiated(&fixture.path)];
    let mut silent = Client::connect(&fixture.path);
    a.send(r#"{"execute": "cont", "id": 1}{"execute": "stop", "id": 2}"#);
    assert!(is_event(&a.line(), "RESUME"));
    assert_eq!(a.line(), r#"{"return": {}, "id": 1}"#);
    assert!(is_event(&a.line(), "STOP"));
    assert_eq!(a.line(), r#"{"return": {}, "id": 2}"#);
    assert!(is_event(&b.line(), "RESUME"));
    assert!(is_event(&b.line(), "STOP"));
    assert_eq!(silent.ask(HELLO), "{\"return\": {}}");
}

fn a_killed_client_disturbs_nobody(kind: Kind) {
    let fixture = start(kind);
    let mut other = Client::negotiated(&fixture.path);
    let mut killed = Client::negotiated(&fixture.path);
    killed.send(r#"{"execute": "blockdev-add", "id": "lost"}{"execute": "quer"#);
    fixture.server.gate.until_waited_at();
    drop(killed);
    let mut next = Client::connect(&fixture.path);
    fixture.server.gate.open();
    assert_eq!(other.ask(r#"{"execute": "query-name"}"#), "{\"return\": {}}");
    // The reply to the killed client goes to no other.
    assert_eq!(next.ask(HELLO), "{\"return\": {}}");
}

fn a_half_closed_client_gets_its_reply(kind: Kind) {
    let fixture = start(kind);
    let mut client = Client::negotiated(&fixture.path);
    client.send(r#"{"execute": "query-name", "id": 1} 12"#);
    client.stream.shutdown(Shutdown::Write).expect("half closed");
    assert_eq!(client.line(), r#"{"return": {}, "id": 1}"#);
    assert_eq!(client.line(), "");
}

fn out_of_band_overtakes_a_running_command(kind: Kind) {
    for command in ["blockdev-add", "await"] {
        let fixture = start(kind.clone());
        let mut client = Client::connect(&fixture.path);
        assert_eq!(client.ask(HELLO_OOB), "{\"return\": {}}");
        client.send(&format!("{{\"execute\": \"{command}\", \"id\": 0}}"));
        fixture.server.gate.until_waited_at();
        for id in 1..=7 {
            client.send(&format!("{{\"execute\": \"query-name\", \"id\": {id}}}"));
        }
        client.send(r#"{"exec-oob": "query-yank", "id": "oob"}"#);
        assert!(client.line().ends_with(r#""id": "oob"}"#));
        // Events do not wait either.
        fixture.server.events.send(&Resume::new(3));
        assert!(is_event(&client.line(), "RESUME"));
        fixture.server.gate.open();
        for id in 0..=7 {
            assert_eq!(client.line(), format!("{{\"return\": {{}}, \"id\": {id}}}"));
        }
        assert_eq!(*fixture.server.log.lock().expect("log"), ["query-yank oob=true"]);
    }
}

fn without_out_of_band_an_async_command_lets_events_through(kind: Kind) {
    let fixture = start(kind);
    let mut client = Client::negotiated(&fixture.path);
    client.send(r#"{"execute": "await", "id": 0}"#);
    fixture.server.gate.until_waited_at();
    fixture.server.events.send(&Resume::new(3));
    assert!(is_event(&client.line(), "RESUME"));
    fixture.server.gate.open();
    assert_eq!(client.line(), r#"{"return": {}, "id": 0}"#);
}

fn quit_is_answered_before_the_process_may_end(kind: Kind) {
    let (sender, asked) = std::sync::mpsc::channel();
    let quit = Arc::new(move || sender.send(()).expect("the test waits"));
    let server = Server { quit, ..Server::default() };
    let Fixture { monitor, path, .. } = &start_with(kind, server, |builder| builder);
    let mut other = Client::negotiated(path);
    let mut client = Client::negotiated(path);
    // What stands behind it is not read any more; the end is clean all the same.
    client.send("{\"execute\": \"quit\"}\n");
    asked.recv().expect("quit");
    assert!(monitor.shutdown(LONG));
    assert!(is_event(&client.line(), "STOP"));
    assert_eq!(client.line(), "{\"return\": {}}");
    assert_eq!(client.line(), "");
    assert!(is_event(&other.line(), "STOP"));
    assert_eq!(other.line(), "");
    assert!(!path.exists());
}

fn sockets_are_private_and_replaced_only_when_stale(kind: Kind) {
    let fixture = start(kind);
    let mode = std::fs::metadata(&fixture.path).expect("a socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kind = &fixture.kind;
    let error = kind.serve_unix(&fixture.path, &fixture.monitor).expect_err("another server listens");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);

    let stale = fixture.path.with_file_name("stale");
    drop(std::os::unix::net::UnixListener::bind(&stale).expect("binds"));
    assert!(stale.exists());
    kind.serve_unix(&stale, &fixture.monitor).expect("replaces it");
    drop(Client::connect(&stale));

    let file = fixture.path.with_file_name("file");
    std::fs::write(&file, "precious").expect("a file");
    kind.serve_unix(&file, &fixture.monitor).expect_err("not a socket");
    assert_eq!(std::fs::read_to_string(&file).expect("still there"), "precious");

    assert!(fixture.monitor.shutdown(LONG));
    assert!(!stale.exists() && !fixture.path.exists());
}

fn tcp_serves_loopback_only_unless_told(kind: Kind) {
    let server = Server::default();
    let monitor = Monitor::builder(server).build();
    let Err(error) = kind.serve_tcp("0.0.0.0:0", &monitor) else { panic!("not on loopback") };
    assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
    let (address, stop) = kind.serve_tcp("127.0.0.1:0", &monitor).expect("serves");
    let stream = TcpStream::connect(address).expect("connects");
    let reader = BufReader::new(stream.try_clone().expect("a clone"));
    let mut client = Client { stream, reader };
    assert!(client.line().starts_with("{\"QMP\""));
    assert_eq!(client.ask(HELLO), "{\"return\": {}}");
    stop();
    assert_eq!(client.ask(r#"{"execute": "query-name"}"#), "{\"return\": {}}");
}

fn a_client_that_does_not_read_is_dropped_and_others_are_served(kind: Kind) {
    let Fixture { monitor, server, path, .. } =
        &start_with(kind, Server::default(), |builder| builder.output_limit(10_000));
    let slow = Client::negotiated(path);
    let mut client = Client::negotiated(path);
    let mut sent = 0;
    while monitor.sessions() == 2 {
        server.events.send(&Resume::new(1));
        assert!(is_event(&client.line(), "RESUME"));
        sent += 1;
        assert!(sent < 1_000_000, "the session takes more than any socket holds");
    }
    drop(slow);
    assert_eq!(client.ask(r#"{"execute": "query-name"}"#), "{\"return\": {}}");
}

fn replies_wait_for_a_client_that_does_not_read(kind: Kind) {
    let fixture = start_with(kind, Server::default(), |builder| builder.output_limit(1000));
    for hello in [HELLO, HELLO_OOB] {
        let mut client = Client::connect(&fixture.path);
        assert_eq!(client.ask(hello), "{\"return\": {}}");
        const COUNT: usize = 20_000;
        let mut writer = client.stream.try_clone().expect("a clone");
        let writing = std::thread::spawn(move || {
            for id in 0..COUNT {
                write!(writer, "{{\"execute\": \"query-status\", \"id\": {id}}}").expect("sends");
            }
        });
        for id in 0..COUNT {
            assert!(client.line().ends_with(&format!("\"id\": {id}}}")));
        }
        writing.join().expect("all is sent");
    }
}

/// Replies are written together, but not later than they are of use.
fn a_reply_does_not_wait_for_the_command_behind_it(kind: Kind) {
    for command in ["blockdev-add", "await"] {
        let fixture = start(kind.clone());
        let mut client = Client::negotiated(&fixture.path);
        client.send(&format!(r#"{{"execute": "query-name", "id": 1}}{{"execute": "{command}", "id": 2}}"#));
        assert_eq!(client.line(), r#"{"return": {}, "id": 1}"#);
        fixture.server.gate.until_waited_at();
        fixture.server.gate.open();
        assert_eq!(client.line(), r#"{"return": {}, "id": 2}"#);
    }
}

/// It sends commands as long as any are taken, and gets events, too.
fn a_tcp_client_that_never_reads_hurts_no_one(kind: Kind) {
    use std::io::ErrorKind::WouldBlock;

    let fixture = start_with(kind, Server::default(), |builder| builder.output_limit(1000));
    let Fixture { kind, monitor, server, path, .. } = &fixture;
    let (address, _) = kind.serve_tcp("127.0.0.1:0", monitor).expect("serves");
    let mut other = Client::negotiated(path);
    let mut silent = TcpStream::connect(address).expect("connects");
    silent.write_all(HELLO.as_bytes()).expect("sends");
    silent.set_nonblocking(true).expect("set");
    let commands = r#"{"execute": "query-status"}"#.repeat(1000);
    let mut refused = 0;
    while refused < 1000 {
        match silent.write(commands.as_bytes()) {
            Ok(_) => refused = 0,
            // It may be that the server has only not come to it yet; so others are asked in between.
            Err(error) if error.kind() == WouldBlock => refused += 1,
            Err(error) => panic!("{error}"),
        }
        assert_eq!(other.ask(r#"{"execute": "query-name"}"#), "{\"return\": {}}");
    }
    assert_eq!(monitor.sessions(), 2, "a client may let its replies wait");
    // Its events may not pile up. The system may have room for some.
    while monitor.sessions() == 2 {
        server.events.send(&Resume::new(1));
        assert!(is_event(&other.line(), "RESUME"));
    }
    assert_eq!(other.ask(r#"{"execute": "query-name"}"#), "{\"return\": {}}");
}

fn a_thousand_sessions_get_every_event(kind: Kind) {
    let fixture = start(kind);
    let mut clients: Vec<_> = (0..1000).map(|_| Client::negotiated(&fixture.path)).collect();
    for value in 1..=10 {
        fixture.server.events.send(&Tick::new(value));
    }
    for client in &mut clients {
        for value in 1..=10 {
            assert!(client.line().ends_with(&format!("\"data\": {{\"value\": {value}}}}}")));
        }
    }
    for client in &mut clients {
        assert_eq!(client.ask(r#"{"execute": "query-name"}"#), "{\"return\": {}}");
    }
    assert_eq!(fixture.monitor.sessions(), 1000);
    drop(clients);
    while fixture.monitor.sessions() > 0 {
        std::thread::yield_now();
    }
}

fn descriptors_arrive_with_their_command(kind: Kind) {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
    use std::io::{IoSlice, Seek};
    use std::mem::MaybeUninit;
    use std::os::fd::AsFd;

    let fixture = start(kind);
    let mut client = Client::negotiated(&fixture.path);
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(b"sent along").expect("writes");
    file.rewind().expect("rewinds");
    let files = [file.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    assert!(control.push(SendAncillaryMessage::ScmRights(&files)));
    // The first command came before the descriptor.
    client.send(r#"{"execute": "getfd", "id": 1}"#);
    assert_eq!(client.line(), r#"{"return": {}, "id": 1}"#);
    assert!(fixture.server.log.lock().expect("log").is_empty());
    let parts = [IoSlice::new(br#"{"execute": "getfd", "id": 2}{"execute": "getfd", "id": 3}"#)];
    sendmsg(&client.stream, &parts, &mut control, SendFlags::empty()).expect("sends");
    assert_eq!(client.line(), r#"{"return": {}, "id": 2}"#);
    assert_eq!(client.line(), r#"{"return": {}, "id": 3}"#);
    assert_eq!(*fixture.server.log.lock().expect("log"), ["sent along"]);
}
