//! What an interceptor sees, and what it can refuse.

mod session_stub;

use qapi_runtime::access::Access;
use qapi_runtime::clock::{Clock, Moment};
use qapi_runtime::interceptor::{Finished, Incoming, Interceptor, Verdict};
use qapi_runtime::session::{Dialect, Session, Settings, Step};
use qapi_runtime::{Error, ErrorClass, Origin, Peer};
use session_stub::{Server, TABLES};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const HELLO: &str = r#"{"execute": "qmp_capabilities"}"#;
const HELLO_OOB: &str = r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}"#;

/// Writes down what it sees, and refuses by name.
#[derive(Default)]
struct Notes {
    lines: Mutex<Vec<String>>,
    refused: Option<&'static str>,
    panics: bool,
    arguments: bool,
}

impl Interceptor for Notes {
    fn before(&self, incoming: &Incoming<'_>) -> Result<(), Error> {
        let (name, id) = (incoming.name().unwrap_or("-"), incoming.id().unwrap_or("-"));
        let oob = if incoming.is_out_of_band() { " oob" } else { "" };
        let arguments = incoming.arguments().map_or(String::new(), |value| format!(" {value:?}"));
        self.note(format!("> {} {} {name} {id}{oob}{arguments}", incoming.session(), incoming.peer()));
        assert!(!self.panics, "as ordered");
        match self.refused {
            Some(refused) if refused == name => Err(Error::new(ErrorClass::from("TooMany"), "wait a while")),
            _ => Ok(()),
        }
    }

    fn after(&self, finished: &Finished<'_>) {
        let (name, id) = (finished.name().unwrap_or("-"), finished.id().unwrap_or("-"));
        let verdict = match finished.verdict() {
            Verdict::Succeeded => "ok",
            Verdict::Failed(class) => class.as_str(),
            Verdict::Abandoned => "abandoned",
            _ => unreachable!("no other verdict"),
        };
        let oob = if finished.is_out_of_band() { " oob" } else { "" };
        self.note(format!("< {name} {id}{oob} {verdict} {:?}", finished.duration()));
        assert!(!self.panics, "as ordered");
    }

    fn wants_arguments(&self) -> bool {
        self.arguments
    }
}

impl Notes {
    fn note(&self, line: String) {
        self.lines.lock().expect("notes").push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().expect("notes"))
    }
}

/// A clock that goes on by a second whenever it is looked at.
#[derive(Default)]
struct Ticking(Mutex<u64>);

impl Clock for Ticking {
    fn now(&self) -> Moment {
        let mut seconds = self.0.lock().expect("the time");
        *seconds += 1;
        Moment::new(Duration::from_secs(*seconds), Duration::ZERO)
    }
}

fn open(notes: &Arc<Notes>, settings: Settings, hello: &str) -> Session {
    let settings =
        settings.interceptor(Arc::clone(notes) as Arc<dyn Interceptor>, Arc::new(Ticking::default()));
    let origin = Arc::new(Origin::new(7, Peer::Stdio));
    let mut session = Session::new(Arc::new(settings)).with_origin(origin);
    drop(session.take_output());
    if !hello.is_empty() {
        talk(&mut session, hello);
        notes.take();
    }
    session
}

fn talk(session: &mut Session, input: &str) -> Vec<String> {
    session.receive(input.as_bytes());
    assert!(session.run(&Server::default(), &Arc::default()).is_empty(), "nothing here is async");
    let output = String::from_utf8(session.take_output()).expect("ASCII");
    output.lines().map(str::to_owned).collect()
}

#[test]
fn every_command_is_seen_before_and_after() {
    let notes = Arc::new(Notes::default());
    let mut session = open(&notes, Settings::new(&TABLES), "");
    for input in [
        r#"{"execute": "query-name", "id": 0}"#,
        HELLO,
        r#"{"execute": "query-name", "id": {"a": 1}}"#,
        r#"{"execute": "query-version", "id": 2}"#,
        r#"{"execute": "no-such", "id": 3}"#,
        r#"{"execute": "set-action", "id": 4, "arguments": {"panic": "nope"}}"#,
        r#"{"execute": "panic", "id": 5}"#,
        r#"{"execute": "quiet", "id": 6}"#,
    ] {
        talk(&mut session, input);
    }
    assert_eq!(
        notes.take(),
        [
            "> 7 stdio query-name 0",
            "< query-name 0 CommandNotFound 1s",
            "> 7 stdio qmp_capabilities -",
            "< qmp_capabilities - ok 1s",
            r#"> 7 stdio query-name {"a": 1}"#,
            r#"< query-name {"a": 1} ok 1s"#,
            "> 7 stdio query-version 2",
            "< query-version 2 ok 1s",
            "> 7 stdio no-such 3",
            "< no-such 3 CommandNotFound 1s",
            "> 7 stdio set-action 4",
            "< set-action 4 GenericError 1s",
            "> 7 stdio panic 5",
            "< panic 5 GenericError 1s",
            "> 7 stdio quiet 6",
            "< quiet 6 ok 1s",
        ]
    );
}

#[test]
fn malformed_input_is_seen_too() {
    let notes = Arc::new(Notes::default());
    let mut session = open(&notes, Settings::new(&TABLES), HELLO);
    for (input, name, id) in [
        ("}", "-", "-"),
        ("[1]", "-", "-"),
        (r#"{"execute": 5, "id": 1}"#, "-", "1"),
        (r#"{"id": null}"#, "-", "null"),
        (r#"{"execute": "stop", "x": 1}"#, "stop", "-"),
        (r#"{"execute": "stop", "arguments": 1}"#, "stop", "-"),
    ] {
        assert!(talk(&mut session, input).concat().contains("GenericError"));
        assert_eq!(
            notes.take(),
            [format!("> 7 stdio {name} {id}"), format!("< {name} {id} GenericError 1s")],
            "{input}"
        );
    }
}

#[test]
fn what_is_refused_is_answered_with_its_id() {
    let notes = Arc::new(Notes { refused: Some("stop"), ..Notes::default() });
    let mut session = open(&notes, Settings::new(&TABLES), HELLO);
    let refusal = r#"{"id": [1.0], "error": {"class": "TooMany", "desc": "wait a while"}}"#;
    assert_eq!(talk(&mut session, r#"{"execute": "stop", "id": [1.0]}"#), [refusal]);
    // Before all checks of our own.
    assert_eq!(talk(&mut session, r#"{"execute": "stop", "id": [1.0], "x": 1}"#), [refusal]);
    assert_eq!(talk(&mut session, r#"{"execute": "query-name"}"#), [r#"{"return": {}}"#]);
    assert_eq!(notes.take()[1], "< stop [1.0] TooMany 1s");
    // Also what cannot be parsed, and what no access grants.
    let notes = Arc::new(Notes { refused: Some("-"), ..Notes::default() });
    let settings = Settings::new(&TABLES).access(&Access::read_only()).expect("no names");
    let mut session = open(&notes, settings, HELLO);
    assert_eq!(talk(&mut session, "}"), [r#"{"error": {"class": "TooMany", "desc": "wait a while"}}"#]);
    assert!(talk(&mut session, r#"{"execute": "stop"}"#).concat().contains("has not been found"));
    assert_eq!(notes.take().last().map(String::as_str), Some("< stop - CommandNotFound 1s"));
}

#[test]
fn arguments_are_shown_to_those_who_ask_only() {
    let command = r#"{"execute": "raw", "arguments": {"password": "hunter2"}}"#;
    for asks in [false, true] {
        let notes = Arc::new(Notes { arguments: asks, ..Notes::default() });
        let mut session = open(&notes, Settings::new(&TABLES), HELLO);
        talk(&mut session, command);
        let lines = notes.take();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].contains("hunter2"), asks, "{lines:?}");
        assert!(!lines[1].contains("hunter2"));
    }
}

#[test]
fn a_debugged_command_shows_no_argument_and_writes_no_line() {
    struct Debugs(Mutex<String>);
    impl Interceptor for Debugs {
        fn before(&self, incoming: &Incoming<'_>) -> Result<(), Error> {
            self.0.lock().expect("text").push_str(&format!("{incoming:?}"));
            Ok(())
        }
        fn after(&self, finished: &Finished<'_>) {
            self.0.lock().expect("text").push_str(&format!("{finished:?}"));
        }
        fn wants_arguments(&self) -> bool {
            true
        }
    }
    let debugs = Arc::new(Debugs(Mutex::default()));
    let settings = Settings::new(&TABLES).interceptor(debugs.clone(), Arc::new(Ticking::default()));
    let mut session = Session::new(Arc::new(settings));
    talk(&mut session, r#"{"execute": "raw\nforged", "id": "é\n", "arguments": {"password": "hunter2"}}"#);
    let text = debugs.0.lock().expect("text");
    assert!(
        text.contains("raw\\nforged") && text.contains("Failed") && !text.contains(['\n', 'é']),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn queued_commands_are_seen_when_it_is_their_turn() {
    let notes = Arc::new(Notes::default());
    let mut session = open(&notes, Settings::new(&TABLES), HELLO_OOB);
    session.receive(
        br#"{"execute": "stop", "id": 1} {"execute": "cont", "id": 2} } {"exec-oob": "query-yank", "id": 3}"#,
    );
    let Step::Run(request) = session.step() else { panic!("a command") };
    let (ticket, _) = request.into_owned().run(&Server::default(), &Arc::default());
    assert_eq!(notes.take(), ["> 7 stdio stop 1"]);
    session.run(&Server::default(), &Arc::default());
    assert_eq!(notes.take(), ["> 7 stdio query-yank 3 oob", "< query-yank 3 oob ok 1s"]);
    session.finish(ticket, Ok(b"{}".to_vec()));
    assert_eq!(notes.take(), ["< stop 1 ok 3s"]);
    session.run(&Server::default(), &Arc::default());
    assert_eq!(
        notes.take(),
        ["> 7 stdio cont 2", "< cont 2 ok 1s", "> 7 stdio - -", "< - - GenericError 1s"]
    );
}

#[test]
fn a_client_that_leaves_has_its_commands_abandoned() {
    let notes = Arc::new(Notes::default());
    // Handed out, and never begun; what waits behind it has not been seen, and is not seen any more.
    let mut session = open(&notes, Settings::new(&TABLES), HELLO_OOB);
    session.receive(br#"{"execute": "stop", "id": 1} {"execute": "cont", "id": 2}"#);
    let Step::Run(request) = session.step() else { panic!("a command") };
    let request = request.into_owned();
    session.run(&Server::default(), &Arc::default());
    session.close();
    drop(session);
    assert_eq!(notes.take(), ["> 7 stdio stop 1"]);
    drop(request);
    assert_eq!(notes.take(), ["< stop 1 abandoned 1s"]);

    // Begun, and given up before it was finished.
    let mut session = open(&notes, Settings::new(&TABLES), HELLO);
    session.receive(br#"{"execute": "await", "id": 1}"#);
    let pending = session.run(&Server::default(), &Arc::default());
    session.close();
    assert_eq!(notes.take(), ["> 7 stdio await 1"]);
    drop(pending);
    assert_eq!(notes.take(), ["< await 1 abandoned 1s"]);

    // Finished although its client has left: it had its effect.
    let mut session = open(&notes, Settings::new(&TABLES), HELLO);
    session.receive(br#"{"execute": "await", "id": 1}"#);
    let (ticket, _) = session.run(&Server::default(), &Arc::default()).remove(0);
    session.close();
    session.finish(ticket, Ok(b"{}".to_vec()));
    assert_eq!(notes.take(), ["> 7 stdio await 1", "< await 1 ok 1s"]);
}

#[test]
fn a_handler_that_panics_later_is_seen_to_fail() {
    let notes = Arc::new(Notes::default());
    let mut session = open(&notes, Settings::new(&TABLES), HELLO);
    session.receive(br#"{"execute": "panic-later"}"#);
    let (ticket, mut future) = session.run(&Server::default(), &Arc::default()).remove(0);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(result) = future.as_mut().poll(&mut cx) else { panic!("not ready") };
    session.finish(ticket, result);
    assert_eq!(notes.take(), ["> 7 stdio panic-later -", "< panic-later - GenericError 1s"]);
}

#[test]
fn an_interceptor_that_panics_fails_the_command_only() {
    let notes = Arc::new(Notes { panics: true, ..Notes::default() });
    let mut session = open(&notes, Settings::new(&TABLES), "");
    for id in 1..=2 {
        assert_eq!(
            talk(&mut session, &format!("{{\"execute\": \"qmp_capabilities\", \"id\": {id}}}")),
            [format!(
                "{{\"id\": {id}, \"error\": {{\"class\": \"GenericError\", \"desc\": \"The command was refused: its interceptor panicked\"}}}}"
            )]
        );
    }
    assert!(!session.is_negotiated());
    assert_eq!(notes.take().len(), 4, "also one that panics is called before and after");
}

#[test]
fn a_guest_agent_is_intercepted_alike() {
    let notes = Arc::new(Notes::default());
    let mut session = open(&notes, Settings::new(&TABLES).dialect(Dialect::Agent), "");
    talk(&mut session, r#"{"execute": "guest-sync", "arguments": {"id": 1}}"#);
    assert_eq!(notes.take(), ["> 7 stdio guest-sync -", "< guest-sync - ok 1s"]);
}

#[cfg(all(unix, feature = "threads"))]
#[test]
fn a_monitor_has_an_interceptor_for_all_its_sessions() {
    use qapi_runtime::Monitor;
    use qapi_runtime::transport::threads::Listener;
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::net::UnixStream;

    let notes = Arc::new(Notes::default());
    let monitor = Monitor::builder(Server::default())
        .interceptor(Arc::clone(&notes) as Arc<dyn Interceptor>)
        .clock(Arc::new(Ticking::default()))
        .build();
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("qmp");
    Listener::unix(&path).expect("listens").serve(&monitor).expect("serves");
    let mut seen = Vec::new();
    for _ in 0..2 {
        let stream = UnixStream::connect(&path).expect("connects");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
        let mut reader = BufReader::new(stream);
        reader.get_mut().write_all(HELLO.as_bytes()).expect("sends");
        let mut line = String::new();
        for _ in 0..2 {
            line.clear();
            reader.read_line(&mut line).expect("reads");
        }
        assert_eq!(line, "{\"return\": {}}\r\n");
        let lines = notes.take();
        assert!(lines[0].contains(" unix") && lines[0].ends_with(" qmp_capabilities -"), "{lines:?}");
        assert!(lines[1].starts_with("< qmp_capabilities - ok "), "{lines:?}");
        seen.push(lines[0].clone());
    }
    assert_ne!(seen[0], seen[1], "each session has its number");
}
