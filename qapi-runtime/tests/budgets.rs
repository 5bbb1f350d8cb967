//! What all sessions of a monitor may use together, and what becomes of those that would use more.

#![cfg(all(unix, feature = "threads"))]
// Tests are built with the workspace's Rust, not with the older one that the crate states.
#![allow(clippy::incompatible_msrv)]

mod bed;
mod log_stub;
mod session_stub;

use bed::{Client, Fixture, HELLO, HELLO_OOB, Hand, Kind, LONG, send_with, start_with, until};
use log_stub::Log;
use qapi_runtime::monitor::Budgets;
use session_stub::Server;
use std::io::{PipeReader, Read};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tracing::Level;

const NAME: &str = r#"{"execute": "query-name"}"#;

bed::on_each_transport! {
    one_session_too_many_is_refused_and_logged,
    one_session_too_many_waits_if_the_server_wants_it,
    a_user_has_so_many_sessions_and_others_have_theirs,
    who_does_not_negotiate_in_time_is_dropped,
    descriptors_beyond_those_of_a_session_are_refused,
    descriptors_beyond_those_of_all_sessions_are_refused,
    a_monitor_may_accept_no_descriptors,
}

/// Everything that is logged in this program.
fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        tracing::subscriber::set_global_default(log.clone()).expect("the only one");
        log
    })
}

fn logged(what: &str) -> usize {
    log().lines(Level::WARN).iter().filter(|line| line.contains(what)).count()
}

fn with(kind: Kind, change: impl FnOnce(&mut Budgets)) -> Fixture {
    let mut budgets = Budgets::default();
    change(&mut budgets);
    start_with(kind, Server::default(), |builder| builder.budgets(budgets))
}

/// The server closes the connection, and says nothing.
fn assert_refused(mut stream: impl Read) {
    let mut said = String::new();
    // It may be a reset, too: the server has read nothing.
    let _ = stream.read_to_string(&mut said);
    assert_eq!(said, "");
}

fn connect(fixture: &Fixture) -> UnixStream {
    let stream = UnixStream::connect(&fixture.path).expect("connects");
    stream.set_read_timeout(Some(LONG)).expect("a time limit");
    stream
}

fn one_session_too_many_is_refused_and_logged(kind: Kind) {
    log();
    let fixture = with(kind, |budgets| budgets.sessions = 2);
    let mut clients = [HELLO, HELLO_OOB].map(|hello| Client::greeted(&fixture.path, hello));
    let before = logged("client refused: too many sessions are open");
    for _ in 0..3 {
        assert_refused(connect(&fixture));
    }
    // Tests of other transports may add to it.
    assert!(logged("client refused: too many sessions are open") >= before + 3);
    // The others do not notice, and who leaves makes room.
    for client in &mut clients {
        assert_eq!(client.ask(NAME), "{\"return\": {}}");
    }
    let [left, mut stays] = clients;
    drop(left);
    until("there is room", || fixture.monitor.sessions() == 1);
    let mut next = Client::negotiated(&fixture.path);
    for client in [&mut next, &mut stays] {
        assert_eq!(client.ask(NAME), "{\"return\": {}}");
    }
}

fn one_session_too_many_waits_if_the_server_wants_it(kind: Kind) {
    let fixture = with(kind, |budgets| {
        budgets.sessions = 1;
        budgets.wait_in_backlog = true;
    });
    let mut first = Client::negotiated(&fixture.path);
    let waiting = connect(&fixture);
    for _ in 0..50 {
        assert_eq!(first.ask(NAME), "{\"return\": {}}");
    }
    assert_eq!(fixture.monitor.sessions(), 1);
    drop(first);
    // Its turn comes, with nothing lost of what it may have sent.
    let mut client = Client::over(waiting);
    assert_eq!(client.ask(HELLO), "{\"return\": {}}");
    assert_eq!(fixture.monitor.sessions(), 1);
}

/// On Unix sockets, where the kernel tells the user.
fn a_user_has_so_many_sessions_and_others_have_theirs(kind: Kind) {
    let fixture = with(kind, |budgets| budgets.sessions_of_a_user = 1);
    let (address, _) = fixture.kind.serve_tcp("127.0.0.1:0", &fixture.monitor).expect("serves");
    let mut first = Client::negotiated(&fixture.path);
    if cfg!(any(target_os = "linux", target_os = "android")) {
        assert_refused(connect(&fixture));
    }
    // Nothing is known of the users of these.
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address).expect("connects");
        stream.set_read_timeout(Some(LONG)).expect("a time limit");
        assert_eq!(stream.read(&mut [0; 8]).expect("a greeting"), 8);
    }
    assert_eq!(first.ask(NAME), "{\"return\": {}}");
    drop(first);
    until("the session is over", || fixture.monitor.sessions() == 0);
    drop(Client::negotiated(&fixture.path));
}

fn who_does_not_negotiate_in_time_is_dropped(kind: Kind) {
    let clock = Arc::new(Hand::default());
    let mut budgets = Budgets::default();
    budgets.negotiation = Duration::from_secs(10);
    let Fixture { monitor, path, .. } = &start_with(kind, Server::default(), |builder| {
        builder.budgets(budgets).clock(Arc::clone(&clock) as Arc<dyn qapi_runtime::clock::Clock>)
    });
    let at = |millis| {
        clock.set(Duration::from_millis(millis));
        monitor.advance(monitor.clock().now());
    };
    let mut silent = Client::connect(path);
    let mut others = [HELLO, HELLO_OOB].map(|hello| Client::greeted(path, hello));
    at(5000);
    // It speaks, but not the right thing.
    let mut later = Client::connect(path);
    assert!(later.ask(NAME).contains("Expecting capabilities negotiation"));
    at(9999);
    assert!(silent.ask(NAME).contains("Expecting capabilities negotiation"), "there is a moment left");
    at(10_000);
    assert_eq!(silent.line(), "");
    assert!(later.ask(NAME).contains("Expecting capabilities negotiation"));
    at(15_000);
    assert_eq!(later.line(), "");
    // A client that has negotiated may be silent for ever.
    at(1_000_000_000);
    for client in &mut others {
        assert_eq!(client.ask(NAME), "{\"return\": {}}");
    }
    until("two are left", || monitor.sessions() == 2);
}

/// Sends a command with descriptors, which are the server's alone then. What is returned tells whether it has closed them.
fn send_pipes(client: &Client<UnixStream>, count: usize, command: &str) -> Vec<PipeReader> {
    let pipes = (0..count).map(|_| std::io::pipe().expect("a pipe"));
    let (readers, writers): (Vec<_>, Vec<_>) = pipes.unzip();
    let files: Vec<_> = writers.iter().map(AsFd::as_fd).collect();
    send_with(&client.stream, command.as_bytes(), &files);
    readers
}

/// Sends a command with files that have nothing in them.
fn send_files(client: &Client<UnixStream>, count: usize, command: &str) {
    let file = tempfile::tempfile().expect("a file");
    send_with(&client.stream, command.as_bytes(), &vec![file.as_fd(); count]);
}

/// The server has closed its ends: otherwise this would wait.
fn assert_closed(readers: Vec<PipeReader>) {
    for mut reader in readers {
        assert_eq!(reader.read(&mut [0]).expect("reads"), 0);
    }
}

const GETFD: &str = r#"{"execute": "getfd", "id": 1}"#;
const GOT: &str = r#"{"return": {}, "id": 1}"#;

/// How many descriptors handlers have got.
fn got(fixture: &Fixture) -> usize {
    fixture.server.log.lock().expect("log").iter().filter(|entry| entry.is_empty()).count()
}

fn descriptors_beyond_those_of_a_session_are_refused(kind: Kind) {
    let fixture = with(kind, |budgets| budgets.descriptors_of_a_session = 2);
    for hello in [HELLO, HELLO_OOB] {
        let mut client = Client::greeted(&fixture.path, hello);
        let three = send_pipes(&client, 3, GETFD);
        let answer = client.line();
        assert!(answer.contains("no more than 2 may wait"), "{answer}");
        assert_closed(three);
        assert_eq!(got(&fixture), 0);
        send_files(&client, 2, GETFD);
        assert_eq!(client.line(), GOT);
        assert_eq!(got(&fixture), 2);
        fixture.server.log.lock().expect("log").clear();
    }
}

/// Those of one client wait in its queue meanwhile.
fn descriptors_beyond_those_of_all_sessions_are_refused(kind: Kind) {
    let fixture = with(kind, |budgets| budgets.descriptors = 3);
    let mut first = Client::greeted(&fixture.path, HELLO_OOB);
    let mut second = Client::negotiated(&fixture.path);
    first.send(r#"{"execute": "blockdev-add", "id": 0}"#);
    fixture.server.gate.until_waited_at();
    send_files(&first, 2, GETFD);
    assert!(first.ask(r#"{"exec-oob": "query-yank"}"#).contains("chardev"), "they have been read");
    // None of these is taken: a handler with a part of them would take the wrong ones.
    let others = send_pipes(&second, 2, GETFD);
    assert_closed(others);
    assert_eq!(got(&fixture), 0);
    fixture.server.gate.open();
    let answer = second.line();
    assert!(answer.contains("were lost on the way"), "{answer}");
    assert_eq!(first.line(), r#"{"return": {}, "id": 0}"#);
    assert_eq!(first.line(), GOT);
    assert_eq!(got(&fixture), 2);
    // They wait no more, so there is room again; also for those of a client that leaves in the middle of a command.
    for _ in 0..3 {
        let leaving = Client::negotiated(&fixture.path);
        let pipes = send_pipes(&leaving, 3, r#"{"execute": "getfd""#);
        drop(leaving);
        assert_closed(pipes);
        until("it has left", || fixture.monitor.sessions() == 2);
    }
    send_files(&second, 3, GETFD);
    assert_eq!(second.line(), GOT);
    assert_eq!(got(&fixture), 5);
}

fn a_monitor_may_accept_no_descriptors(kind: Kind) {
    let fixture = with(kind, |budgets| budgets.descriptors_of_a_session = 0);
    let mut client = Client::negotiated(&fixture.path);
    let file = send_pipes(&client, 1, GETFD);
    assert!(client.line().contains("are not accepted here"));
    assert_closed(file);
    assert_eq!(got(&fixture), 0);
    // Only this command is refused.
    assert_eq!(client.ask(GETFD), GOT);
}
