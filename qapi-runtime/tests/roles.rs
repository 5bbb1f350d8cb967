//! What may differ between monitors, listeners and streams: the order of events, access, names, and where bytes go.

#![cfg(all(unix, feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, HELLO, HELLO_OOB, Kind, is_event, start_with};
use qapi_runtime::access::Access;
use qapi_runtime::interceptor::{Finished, Incoming, Interceptor};
use qapi_runtime::monitor::{SessionChange, SessionOptions};
use qapi_runtime::{Error, Peer};
use session_stub::{Resume, Server, Stop, Tick};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};

const NAME: &str = r#"{"execute": "query-name"}"#;

bed::on_each_transport! {
    replies_come_before_the_events_of_their_commands_if_told,
    events_come_before_the_replies_of_their_commands_otherwise,
    events_of_others_wait_for_the_reply_if_told,
    a_client_whose_command_lasts_is_dropped_when_its_events_pile_up,
    each_listener_has_its_own_access,
    an_interceptor_is_told_by_which_listener_a_client_came,
    both_ends_of_a_pair_can_be_served,
}

/// Serves a client of each kind, one after the other: by a listener, of a pair of sockets, and of a pair that is any stream
/// to the server.
fn with_each_client(fixture: &bed::Fixture, hello: &str, check: impl Fn(Client<UnixStream>)) {
    let pair = |as_socket| fixture.kind.serve_pair(&fixture.monitor, &SessionOptions::default(), as_socket);
    let listened = || UnixStream::connect(&fixture.path).expect("connects");
    let connects: [&dyn Fn() -> UnixStream; 3] = [&listened, &|| pair(true), &|| pair(false)];
    for connect in connects {
        let mut client = Client::over(connect());
        assert_eq!(client.ask(hello), "{\"return\": {}}");
        check(client);
    }
}

fn replies_come_before_the_events_of_their_commands_if_told(kind: Kind) {
    for hello in [HELLO, HELLO_OOB] {
        let fixture = start_with(kind.clone(), Server::default(), |builder| builder.replies_first(true));
        with_each_client(&fixture, hello, |mut client| {
            client.send(&r#"{"execute": "stop"}"#.repeat(50));
            for _ in 0..50 {
                assert_eq!(client.line(), "{\"return\": {}}");
                assert!(is_event(&client.line(), "STOP"));
            }
        });
    }
}

fn events_come_before_the_replies_of_their_commands_otherwise(kind: Kind) {
    for hello in [HELLO, HELLO_OOB] {
        let fixture = start_with(kind.clone(), Server::default(), |builder| builder);
        with_each_client(&fixture, hello, |mut client| {
            client.send(&r#"{"execute": "cont"}"#.repeat(50));
            for _ in 0..50 {
                assert!(is_event(&client.line(), "RESUME"));
                assert_eq!(client.line(), "{\"return\": {}}");
            }
        });
    }
}

/// So it is also while others send events and wait, and while commands of their own last.
fn events_of_others_wait_for_the_reply_if_told(kind: Kind) {
    for (hello, command) in [(HELLO, "await"), (HELLO_OOB, "await"), (HELLO_OOB, "blockdev-add")] {
        let fixture = start_with(kind.clone(), Server::default(), |builder| builder.replies_first(true));
        let mut lasting = Client::greeted(&fixture.path, hello);
        let mut other = Client::negotiated(&fixture.path);
        lasting.send(&format!("{{\"execute\": \"{command}\"}}"));
        fixture.server.gate.until_waited_at();
        for value in 1..=100 {
            fixture.server.events.send(&Tick::new(value));
            assert!(is_event(&other.line(), "TICK"));
        }
        fixture.server.gate.open();
        assert_eq!(lasting.line(), "{\"return\": {}}");
        for _ in 0..100 {
            assert!(is_event(&lasting.line(), "TICK"));
        }
    }
}

/// Its events wait for the reply. They may not do so without bound.
fn a_client_whose_command_lasts_is_dropped_when_its_events_pile_up(kind: Kind) {
    for command in ["await", "blockdev-add"] {
        let fixture = start_with(kind.clone(), Server::default(), |builder| {
            builder.replies_first(true).output_limit(10_000)
        });
        let mut lasting = Client::greeted(&fixture.path, HELLO_OOB);
        lasting.send(&format!("{{\"execute\": \"{command}\"}}"));
        fixture.server.gate.until_waited_at();
        let mut other = Client::negotiated(&fixture.path);
        for value in 1..=1000 {
            fixture.server.events.send(&Tick::new(value));
            assert!(is_event(&other.line(), "TICK"));
        }
        assert_eq!(lasting.line(), "");
        fixture.server.gate.open();
    }
}

fn each_listener_has_its_own_access(kind: Kind) {
    let fixture = start_with(kind, Server::default(), |builder| builder);
    let narrow = fixture.path.with_file_name("narrow");
    let access = Access::read_only().with(["stop"]).without(["query-status", "RESUME"]);
    let options = SessionOptions::new().access(access);
    fixture.kind.serve_unix_as(&narrow, &fixture.monitor, &options).expect("serves");
    for hello in [HELLO, HELLO_OOB] {
        let (mut full, mut narrow) = (Client::greeted(&fixture.path, hello), Client::greeted(&narrow, hello));
        for command in ["cont", "query-status", "no-such-command"] {
            let answer = narrow.ask(&format!("{{\"execute\": \"{command}\"}}"));
            assert!(answer.contains(&format!("The command {command} has not been found")), "{answer}");
        }
        assert_eq!(narrow.ask(NAME), "{\"return\": {}}");
        assert!(full.ask(r#"{"execute": "query-status"}"#).contains("prelaunch"));
        // Of these events it hears of the latter.
        fixture.server.events.send(&Resume::new(1));
        fixture.server.events.send(&Stop::new(1));
        assert!(is_event(&full.line(), "RESUME") && is_event(&full.line(), "STOP"));
        assert!(is_event(&narrow.line(), "STOP"));
        narrow.send(r#"{"execute": "stop"}"#);
        assert!(is_event(&narrow.line(), "STOP"));
        assert_eq!(narrow.line(), "{\"return\": {}}");
    }
    // A name that the schema does not have is a mistake, not an access.
    let access = Access::read_only().without(["RESUEM"]);
    let options = SessionOptions::new().access(access);
    let path = fixture.path.with_file_name("mistaken");
    let error = fixture.kind.serve_unix_as(&path, &fixture.monitor, &options).expect_err("a mistake");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    assert!(error.to_string().contains("RESUEM") && !path.exists());
}

/// Notes who sent what.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Interceptor for Notes {
    fn before(&self, incoming: &Incoming<'_>) -> Result<(), Error> {
        let peer = match incoming.peer() {
            Peer::Unix(_) => "unix",
            Peer::Unknown => "unknown",
            other => panic!("{other}"),
        };
        let (listener, name) = (incoming.listener().unwrap_or("none"), incoming.name().unwrap_or("none"));
        self.0.lock().expect("notes").push(format!("{listener} {peer} {name}"));
        Ok(())
    }

    fn after(&self, finished: &Finished<'_>) {
        assert!(finished.session() > 0);
    }
}

fn an_interceptor_is_told_by_which_listener_a_client_came(kind: Kind) {
    let notes = Arc::new(Notes::default());
    let interceptor: Arc<dyn Interceptor> = notes.clone();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sees = Arc::clone(&seen);
    let visit = Arc::new(move |cx: &qapi_runtime::Context<'_>| {
        sees.lock().expect("names").push(cx.listener().map(str::to_owned));
    });
    let server = Server { visit, ..Server::default() };
    let began = Arc::new(Mutex::new(Vec::new()));
    let begins = Arc::clone(&began);
    let hook = move |change: SessionChange<'_>| {
        if let SessionChange::Began { listener, .. } = change {
            begins.lock().expect("names").push(listener.map(str::to_owned));
        }
    };
    let fixture = start_with(kind, server, |builder| builder.interceptor(interceptor).on_session(hook));
    let named = SessionOptions::new().name("management");
    let path = fixture.path.with_file_name("named");
    fixture.kind.serve_unix_as(&path, &fixture.monitor, &named).expect("serves");
    let pairs = [true, false].map(|as_socket| fixture.kind.serve_pair(&fixture.monitor, &named, as_socket));
    let clients = [Client::connect(&fixture.path), Client::connect(&path)];
    for mut client in clients.into_iter().chain(pairs.map(Client::over)) {
        assert_eq!(client.ask(HELLO), "{\"return\": {}}");
        assert_eq!(client.ask(NAME), "{\"return\": {}}");
    }
    let expected = ["none unix", "management unix", "management unix", "management unknown"];
    let expected = expected.map(|who| [format!("{who} qmp_capabilities"), format!("{who} query-name")]);
    assert_eq!(*notes.0.lock().expect("notes"), expected.concat());
    let names = [None, Some("management"), Some("management"), Some("management")];
    let names = names.map(|name| name.map(str::to_owned));
    assert_eq!(*seen.lock().expect("names"), names);
    // Clients are accepted in any order.
    let mut began = began.lock().expect("names").clone();
    began.sort();
    assert_eq!(began, names);
}

fn both_ends_of_a_pair_can_be_served(kind: Kind) {
    let fixture = start_with(kind, Server::default(), |builder| builder);
    fixture.server.gate.open();
    for hello in [HELLO, HELLO_OOB] {
        with_each_client(&fixture, hello, |mut client| {
            client.send(r#"{"execute": "await", "id": 1}{"execute": "blockdev-add", "id": 2}"#);
            assert_eq!(client.line(), r#"{"return": {}, "id": 1}"#);
            assert_eq!(client.line(), r#"{"return": {}, "id": 2}"#);
            fixture.server.events.send(&Resume::new(1));
            assert!(is_event(&client.line(), "RESUME"));
            // A half close is answered.
            client.send(NAME);
            client.stream.shutdown(std::net::Shutdown::Write).expect("half closed");
            assert_eq!(client.line(), "{\"return\": {}}");
            assert_eq!(client.line(), "");
        });
        bed::until("all sessions are over", || fixture.monitor.sessions() == 0);
    }
}

/// A pipe in the process, with a small buffer, so that much has to wait.
#[cfg(feature = "tokio")]
#[test]
fn a_duplex_in_the_process_can_be_served() {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, duplex, split};
    let Kind::Tokio(runtime) = Kind::tokio() else { unreachable!("on tokio") };
    let fixture = start_with(Kind::Tokio(Arc::clone(&runtime)), Server::default(), |builder| builder);
    for hello in [HELLO, HELLO_OOB] {
        runtime.block_on(async {
            let (near, far) = duplex(100);
            let options = SessionOptions::default();
            qapi_runtime::transport::asynchronous::attach(&fixture.monitor, &options, near).expect("serves");
            let (reader, mut writer) = split(far);
            let mut lines = BufReader::new(reader).lines();
            let mut next = async || lines.next_line().await.expect("reads").unwrap_or_default();
            assert!(next().await.starts_with("{\"QMP\""));
            writer.write_all(hello.as_bytes()).await.expect("sends");
            assert_eq!(next().await, "{\"return\": {}}");
            fixture.server.events.send(&Tick::new(7));
            assert!(is_event(&next().await, "TICK"));
            let writing = tokio::spawn(async move {
                for id in 0..200 {
                    let command = format!("{{\"execute\": \"query-status\", \"id\": {id}}}");
                    writer.write_all(command.as_bytes()).await.expect("sends");
                }
                writer
            });
            for id in 0..200 {
                assert!(next().await.ends_with(&format!("\"id\": {id}}}")));
            }
            drop(writing.await.expect("no panic"));
        });
        bed::until("the session is over", || fixture.monitor.sessions() == 0);
    }
}
