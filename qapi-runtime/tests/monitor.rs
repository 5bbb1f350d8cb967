//! Many sessions on one monitor, with a clock that the test turns.

#![cfg(all(unix, feature = "threads"))]

mod session_stub;

use qapi_runtime::Monitor;
use qapi_runtime::clock::{Clock, Moment};
use qapi_runtime::monitor::Builder;
use qapi_runtime::session::Dialect;
use qapi_runtime::transport::threads::Listener;
use qapi_test_support::recording::Recording;
use session_stub::{Resume, Server, Stop, Tick, Watchdog};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// A clock that stands still until it is told the time, in milliseconds.
#[derive(Default)]
struct Hand(Mutex<u64>);

impl Hand {
    fn moment(ms: u64) -> Moment {
        Moment::new(Duration::from_millis(ms), Duration::from_millis(1_000_000 + ms))
    }
}

impl Clock for Hand {
    fn now(&self) -> Moment {
        Hand::moment(*self.0.lock().expect("the time"))
    }
}

struct Fixture {
    monitor: Monitor,
    server: Server,
    path: PathBuf,
    _directory: TempDir,
}

fn start(configure: impl FnOnce(Builder) -> Builder) -> Fixture {
    let server = Server::default();
    let monitor = configure(Monitor::builder(server.clone()).events(&server.events)).build();
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("qmp");
    Listener::unix(&path).expect("listens").serve(&monitor).expect("serves");
    Fixture { monitor, server, path, _directory: directory }
}

struct Client(BufReader<UnixStream>);

impl Client {
    fn new(fixture: &Fixture) -> Client {
        let stream = UnixStream::connect(&fixture.path).expect("connects");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
        let mut client = Client(BufReader::new(stream));
        client.line();
        assert_eq!(client.ask(r#"{"execute": "qmp_capabilities"}"#), r#"{"return": {}}"#);
        client
    }

    fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).expect("sends");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("reads");
        line.trim_end().to_owned()
    }

    fn ask(&mut self, text: &str) -> String {
        self.send(text);
        self.line()
    }
}

#[test]
fn events_are_throttled_by_the_clock_that_is_given() {
    let clock = Arc::new(Hand::default());
    let fixture = start(|builder| builder.qemu_throttle().clock(clock.clone()));
    let Fixture { monitor, server, .. } = &fixture;
    let mut client = Client::new(&fixture);
    for value in 1..=3 {
        *clock.0.lock().expect("the time") = value * 100;
        server.events.send(&Watchdog::new(value.cast_signed()));
        server.events.send(&Tick::new(value.cast_signed()));
    }
    let watchdog = |value, seconds, micros| {
        format!(
            "{{\"timestamp\": {{\"seconds\": {seconds}, \"microseconds\": {micros}}}, \"event\": \"WATCHDOG\", \"data\": {{\"value\": {value}}}}}"
        )
    };
    assert_eq!(client.line(), watchdog(1, 1000, 100_000));
    for value in 1..=3 {
        assert!(client.line().ends_with(&format!("\"event\": \"TICK\", \"data\": {{\"value\": {value}}}}}")));
    }
    assert_eq!(monitor.next_deadline(), Some(Duration::from_millis(1100)));
    monitor.advance(Hand::moment(1099));
    server.events.send(&Stop::new(9));
    assert!(client.line().contains("STOP"), "the second is not over");
    // The last one of the burst, with the time when it happened.
    monitor.advance(Hand::moment(1100));
    assert_eq!(client.line(), watchdog(3, 1000, 300_000));
}

#[test]
fn a_window_that_is_over_holds_nothing_although_nobody_looked_at_it() {
    let clock = Arc::new(Hand::default());
    let fixture = start(|builder| builder.qemu_throttle().clock(clock.clone()));
    let mut client = Client::new(&fixture);
    fixture.server.events.send(&Watchdog::new(1));
    *clock.0.lock().expect("the time") = 5000;
    fixture.server.events.send(&Watchdog::new(2));
    for value in 1..=2 {
        assert!(client.line().ends_with(&format!("{{\"value\": {value}}}}}")));
    }
}

#[test]
fn in_band_commands_of_all_sessions_run_one_at_a_time() {
    let fixture = start(|builder| builder);
    let [mut first, mut second] = [Client::new(&fixture), Client::new(&fixture)];
    first.send(r#"{"execute": "blockdev-add"}"#);
    fixture.server.gate.until_waited_at();
    // The session answers for itself meanwhile; the handler waits.
    assert!(second.ask(r#"{"execute": "query-version"}"#).starts_with(r#"{"return": {"qemu""#));
    second.send(r#"{"execute": "set-action", "arguments": {"panic": "none"}} {"execute": "query-version"}"#);
    fixture.server.events.send(&Resume::new(1));
    assert!(second.line().contains("RESUME"));
    assert!(fixture.server.log.lock().expect("log").is_empty());
    fixture.server.gate.open();
    assert!(first.line().contains("RESUME"));
    assert_eq!(first.line(), r#"{"return": {}}"#);
    assert_eq!(second.line(), r#"{"return": {}}"#);
    assert_eq!(*fixture.server.log.lock().expect("log"), ["set-action Some(3)"]);
}

#[test]
fn preconfig_ends_for_all_sessions() {
    let fixture = start(|builder| builder.preconfig(true));
    let mut client = Client::new(&fixture);
    assert!(client.ask(r#"{"execute": "cont"}"#).contains("only after machine initialization"));
    assert_eq!(client.ask(r#"{"execute": "set-action"}"#), r#"{"return": {}}"#);
    fixture.monitor.set_preconfig(false);
    client.send(r#"{"execute": "cont"}"#);
    assert!(client.line().contains("RESUME"));
    assert_eq!(client.line(), r#"{"return": {}}"#);
}

#[test]
fn a_shutdown_waits_for_the_command_that_runs_but_not_for_ever() {
    let fixture = start(|builder| builder);
    let mut client = Client::new(&fixture);
    client.send(r#"{"execute": "blockdev-add", "id": 1} {"execute": "blockdev-add", "id": 2}"#);
    fixture.server.gate.until_waited_at();
    assert!(!fixture.monitor.shutdown(Duration::ZERO));
    assert_eq!(client.line(), "");

    let fixture = start(|builder| builder);
    let mut client = Client::new(&fixture);
    client.send(r#"{"execute": "blockdev-add", "id": 1} {"execute": "blockdev-add", "id": 2}"#);
    fixture.server.gate.until_waited_at();
    let monitor = fixture.monitor.clone();
    let ending = std::thread::spawn(move || monitor.shutdown(Duration::from_secs(60)));
    fixture.server.gate.open();
    assert!(ending.join().expect("no panic"));
    assert_eq!(client.line(), r#"{"return": {}, "id": 1}"#);
}

#[test]
fn a_session_with_out_of_band_waits_for_its_turn_too() {
    let fixture = start(|builder| builder);
    let mut first = Client::new(&fixture);
    let mut second = Client(BufReader::new(UnixStream::connect(&fixture.path).expect("connects")));
    second.line();
    second.ask(r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}"#);
    first.send(r#"{"execute": "blockdev-add"}"#);
    fixture.server.gate.until_waited_at();
    // Both would be logged if the handler of the first did not have to wait for the other session's.
    second.send(r#"{"execute": "set-action", "id": 1} {"execute": "set-action", "id": 2}"#);
    for _ in 0..50 {
        assert!(second.ask(r#"{"exec-oob": "query-yank"}"#).contains("chardev"));
    }
    let log = || fixture.server.log.lock().expect("log").clone();
    assert!(log().iter().all(|entry| entry == "query-yank oob=true"));
    fixture.server.gate.open();
    assert_eq!(second.line(), r#"{"return": {}, "id": 1}"#);
    assert_eq!(second.line(), r#"{"return": {}, "id": 2}"#);
    assert_eq!(first.line(), r#"{"return": {}}"#);
}

#[test]
#[should_panic(expected = "no event NOPE")]
fn a_limit_for_an_event_that_is_not_there_is_a_mistake() {
    let _ = Monitor::builder(Server::default()).throttle("NOPE", Duration::from_secs(1), None);
}

#[test]
fn a_guest_agent_is_served_beside_a_monitor() {
    use std::io::Read;

    let fixture = start(|builder| builder);
    let path = fixture.path.with_file_name("agent");
    let listener = Listener::unix(&path).expect("listens").dialect(Dialect::Agent);
    listener.serve(&fixture.monitor).expect("serves");
    let mut agent = UnixStream::connect(&path).expect("connects");
    agent.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
    // Half a command of an earlier client, then the way to get in step: there is no greeting to read first.
    agent
        .write_all(b"{\"exec\xff{\"execute\": \"guest-sync-delimited\", \"arguments\": {\"id\": 7}}")
        .expect("sends");
    let mut byte = [0];
    while byte != [0xFF] {
        agent.read_exact(&mut byte).expect("the delimiter");
    }
    let mut reader = BufReader::new(agent);
    let mut line = String::new();
    reader.read_line(&mut line).expect("reads");
    assert_eq!(line, "{\"return\": 7}\r\n");
    // Events are for monitors: the next line is the answer.
    let mut client = Client::new(&fixture);
    fixture.server.events.send(&Tick::new(1));
    assert!(client.line().contains("TICK"));
    reader.get_mut().write_all(br#"{"execute": "query-name"}"#).expect("sends");
    line.clear();
    reader.read_line(&mut line).expect("reads");
    assert_eq!(line, "{\"return\": {}}\r\n");
}

/// The layout is QEMU's, line by line; the order of an object's members is no promise, nor is the comma that follows from it.
#[test]
fn prints_for_people_as_qemu_does() {
    let Some(recording) = qapi_test_support::conformance_data("golden/qmp/greeting-pretty.json") else {
        return;
    };
    let recording = Recording::read(&recording).expect("a recording");

    let server = Server::default();
    let monitor = Monitor::builder(server.clone()).events(&server.events).clock(Arc::new(Epoch)).build();
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("qmp");
    Listener::unix(&path).expect("listens").pretty(true).serve(&monitor).expect("serves");
    let stream = UnixStream::connect(&path).expect("connects");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
    let mut reader = BufReader::new(stream);

    let mut texts = 0;
    for step in &recording.steps {
        reader.get_mut().write_all(&step.send).expect("sends");
        for raw in &step.raw {
            let mut text = String::new();
            while text.is_empty() || !text.ends_with("\n}\r\n") {
                assert_ne!(reader.read_line(&mut text).expect("reads"), 0, "{text}");
            }
            assert_eq!(layout(&text), layout(&format!("{raw}\r\n")), "{text}");
            texts += 1;
        }
    }
    assert_eq!(texts, 9);
}

fn layout(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text
        .split_inclusive("\r\n")
        .map(|line| line.strip_suffix(",\r\n").unwrap_or(line.trim_end()))
        .collect();
    lines.sort_unstable();
    lines
}

/// A clock that tells the time which recordings have.
struct Epoch;

impl Clock for Epoch {
    fn now(&self) -> Moment {
        Moment::default()
    }
}

/// Whether a command is refused because of the two descriptors that come along.
fn refuses_descriptors(configure: impl FnOnce(Builder) -> Builder) -> bool {
    use qapi_runtime::Peer;
    use qapi_runtime::monitor::driver::{Action, Driver, Placement};
    use std::task::{Context, Waker};

    let server = Server::default();
    let monitor = configure(Monitor::builder(server.clone())).build();
    let driver = Driver::new(&monitor, Waker::noop().clone(), Placement::Here);
    let mut connection = driver.connect(Peer::Unknown, &Default::default(), None).expect("room");
    let file = || std::os::fd::OwnedFd::from(tempfile::tempfile().expect("a file"));
    connection.receive(b"{'execute': 'qmp_capabilities'}", Vec::new());
    connection.receive(b"{'execute': 'query-name'}", vec![file(), file()]);
    let mut output = Vec::new();
    while let Action::Write = connection.advance(&mut Context::from_waker(Waker::noop())) {
        connection.flush(|bytes| output.write(bytes));
    }
    String::from_utf8(output).expect("text").contains("\"error\"")
}

#[test]
fn a_budget_bounds_the_descriptors_of_a_session() {
    let budget = |limit| {
        let mut budgets = qapi_runtime::monitor::Budgets::default();
        budgets.descriptors_of_a_session = limit;
        budgets
    };
    assert!(!refuses_descriptors(|builder| builder));
    assert!(refuses_descriptors(|builder| builder.budgets(budget(0))));
    assert!(refuses_descriptors(|builder| builder.budgets(budget(1))));
    assert!(!refuses_descriptors(|builder| builder.budgets(budget(2))));
}
