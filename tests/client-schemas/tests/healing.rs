//! Clients whose connection heals, with servers that follow a script, and with a QEMU that is killed and started again.

use qapi_client_tests::driver::{Kind, both, runtime};
use qapi_client_tests::healing::{Healing, HealingEvents};
use qapi_client_tests::peer::{Peer, answer};
use qapi_runtime::access::Access;
use qapi_runtime::client::asynchronous;
use qapi_runtime::client::operation::{Job, OperationErrorKind, Power, PowerState, Raw, Unplug};
use qapi_runtime::client::process::Starting;
use qapi_runtime::client::{
    CommandError, CommandErrorKind, ConnectError, ConnectErrorKind, GoneReason, Heard, NextError, Options,
    ProcessErrorKind, Untyped,
};
use qapi_test_support::server::{old_qemu, qemu, storage_daemon};
use qapi_test_support::skipped;
use serde_json::{Value, json};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(100);

/// What a server does with one connection, after the negotiation.
type Session = fn(&mut Peer);

/// A server on a socket, and the folder of the socket.
struct Server {
    folder: tempfile::TempDir,
    thread: JoinHandle<()>,
}

impl Server {
    /// Serves these sessions, one after the other, and then removes the socket.
    fn start(sessions: &'static [Session]) -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("qmp");
        let listener = UnixListener::bind(&path).expect("a socket");
        let thread = thread::spawn(move || {
            for (index, session) in sessions.iter().enumerate() {
                let mut peer = Peer::on(listener.accept().expect("a client").0);
                if index + 1 == sessions.len() {
                    std::fs::remove_file(&path).expect("it is there");
                }
                peer.negotiate(&[]);
                session(&mut peer);
            }
        });
        Server { folder, thread }
    }

    fn connect(&self, kind: Kind, limit: impl Into<Option<Duration>>) -> Healing<Untyped> {
        let path = self.folder.path().join("qmp");
        Healing::connect(kind, &path, &Options::new(), limit.into()).expect("it connects")
    }

    fn end(self) {
        self.thread.join().expect("no panic");
    }
}

/// Reads a number of what is heard, as words.
fn hears(events: &mut HealingEvents<Untyped>, count: usize) -> Vec<String> {
    let heard = (0..count).map(|_| match events.next_within(LONG).expect("it hears") {
        Heard::Event(event) => event.name.clone(),
        Heard::Lost(_) => "lost".into(),
        Heard::Healed => "healed".into(),
        other => panic!("{other:?}"),
    });
    heard.collect()
}

/// Waits until the client has left.
fn idle(peer: &mut Peer) {
    assert!(peer.try_request().is_none(), "it sends nothing");
}

#[test]
fn a_subscription_goes_on() {
    both(|kind| {
        let server = Server::start(&[
            |peer| {
                answer(json!(1))(peer);
                peer.event("A", json!({}));
            },
            |peer| {
                // Before any command, and so perhaps before the client has healed.
                peer.event("B", json!({}));
                answer(json!(2))(peer);
                idle(peer);
            },
        ]);
        let client = server.connect(kind, LONG);
        let mut events = client.events();
        assert_eq!(client.execute_raw("query-x", Value::Null).expect("a reply"), 1);
        assert_eq!(hears(&mut events, 4), ["A", "lost", "healed", "B"]);
        assert_eq!(client.execute_raw("query-x", Value::Null).expect("a reply"), 2);
        let error = events.next_within(SHORT).expect_err("no further event");
        assert!(matches!(error, NextError::Timeout(SHORT)), "{error}");
        drop(client);
        server.end();
        let error = loop {
            // The end of the last connection may come before that of the client.
            match events.next_within(LONG) {
                Ok(Heard::Lost(_)) => {}
                Ok(other) => panic!("{other:?}"),
                Err(error) => break error,
            }
        };
        let NextError::Gone(reason) = error else { panic!("{error}") };
        assert!(matches!(reason.reason(), GoneReason::Local), "{reason}");
    });
}

#[test]
fn calls_fail_as_sent_or_not_and_are_not_repeated() {
    both(|kind| {
        let server = Server::start(&[
            |peer| assert_eq!(peer.request()["execute"], "stop"),
            |peer| {
                let request = peer.request();
                assert_eq!(request["execute"], "query-x");
                peer.reply(&request, json!(2));
                idle(peer);
            },
        ]);
        let client = server.connect(kind, SHORT);
        let mut events = client.events();
        let first = client.current();
        let error = client.execute_raw("stop", Value::Null).expect_err("it is lost");
        assert!(matches!(error.kind, CommandErrorKind::Gone { sent: true, .. }), "{error}");
        assert_eq!(hears(&mut events, 2), ["lost", "healed"]);
        // The client of the first connection stays ended.
        let error = first.execute_raw("cont", Value::Null).expect_err("it has ended");
        assert!(matches!(error.kind, CommandErrorKind::Gone { sent: false, .. }), "{error}");
        // The second session checks that this is its first command.
        assert_eq!(client.execute_raw("query-x", Value::Null).expect("a reply"), 2);
        client.close();
        server.end();
    });
}

#[test]
fn it_gives_up_at_the_limit() {
    both(|kind| {
        let server = Server::start(&[|peer| drop(peer.request())]);
        let client = server.connect(kind, SHORT);
        let mut events = client.events();
        client.execute_raw("quit", Value::Null).expect_err("it is lost");
        assert_eq!(hears(&mut events, 1), ["lost"]);
        let Err(NextError::Gone(reason)) = events.next_within(LONG) else { panic!("it gives up") };
        let GoneReason::NotHealed(error) = reason.reason() else { panic!("{reason}") };
        let error = error.downcast_ref::<ConnectError>().expect("the last attempt's error");
        assert!(matches!(error.kind, ConnectErrorKind::Io(_)), "{error}");
        let error = client.client(LONG).expect_err("it gave up");
        assert!(matches!(error.kind, ConnectErrorKind::Gone(_)), "{error}");
        let mut late = client.events();
        assert!(matches!(late.next_within(LONG), Ok(Heard::Lost(_))));
        assert!(matches!(late.next_within(LONG), Err(NextError::Gone(_))));
        server.end();
    });
}

#[test]
fn a_call_may_wait_until_it_has_healed() {
    both(|kind| {
        let server = Server::start(&[
            |peer| drop(peer.request()),
            |peer| {
                answer(json!(2))(peer);
                idle(peer);
            },
        ]);
        let client = server.connect(kind, None);
        client.execute_raw("quit", Value::Null).expect_err("it is lost");
        let healed = client.client(LONG).expect("it heals");
        assert_eq!(healed.execute_raw("query-x", Value::Null).expect("a reply"), 2);
        client.close();
        server.end();
        let error = client.client(LONG).expect_err("it is closed");
        let ConnectError { kind: ConnectErrorKind::Gone(reason), .. } = error else { panic!("{error}") };
        assert!(matches!(reason.reason(), GoneReason::Local), "{reason}");
    });
}

#[test]
fn an_operation_asks_again_for_what_it_may_have_missed() {
    both(|kind| {
        let server = Server::start(&[
            |peer| {
                answer(json!({}))(peer);
                answer(json!([{ "name": "d", "type": "child<device>" }]))(peer);
                // The device goes when the connection is lost, and no event says so.
            },
            |peer| {
                assert_eq!(peer.request()["execute"], "qom-list");
                // Lost in the middle of the question.
            },
            |peer| {
                let request = peer.request();
                assert_eq!(request["execute"], "qom-list");
                peer.reply(&request, json!([]));
                idle(peer);
            },
        ]);
        let client = server.connect(kind, LONG);
        client.run(Unplug::new("d"), LONG).expect("it is gone");
        client.close();
        server.end();
    });
}

#[test]
fn the_command_that_starts_an_operation_is_not_repeated() {
    both(|kind| {
        let server = Server::start(&[|peer| drop(peer.request()), idle]);
        let client = server.connect(kind, LONG);
        let error = client.run(Unplug::new("d"), LONG).expect_err("it is lost");
        let OperationErrorKind::Command(error) = error.kind else { panic!("{error}") };
        assert!(matches!(error.kind, CommandErrorKind::Gone { sent: true, .. }), "{error}");
        client.client(LONG).expect("it heals");
        client.close();
        server.end();
    });
}

#[test]
fn an_operation_ends_at_its_limit_within_an_outage() {
    both(|kind| {
        let server = Server::start(&[|peer| {
            answer(json!({}))(peer);
            answer(json!([{ "name": "d", "type": "child<device>" }]))(peer);
        }]);
        let client = server.connect(kind, LONG);
        let mut unplug = client.start(Unplug::new("d"), SHORT * 3).expect("it starts");
        let error = unplug.wait().expect_err("the server is gone");
        assert!(matches!(error.kind, OperationErrorKind::Timeout(_)), "{error}");
        unplug.extend(LONG);
        client.close();
        let error = unplug.wait().expect_err("the client is closed");
        assert!(matches!(error.kind, OperationErrorKind::Gone(_)), "{error}");
        server.end();
    });
}

#[test]
fn a_limit_holds_for_each_connection() {
    both(|kind| {
        let server = Server::start(&[|peer| drop(peer.request()), idle]);
        let client = server.connect(kind, LONG);
        let watcher = client.limited(&Access::read_only()).expect("known names");
        let mut events = watcher.events();
        client.execute_raw("stop", Value::Null).expect_err("it is lost");
        assert_eq!(hears(&mut events, 2), ["lost", "healed"]);
        // The last session checks that nothing is sent.
        let left_out =
            |error: CommandError| assert!(matches!(error.kind, CommandErrorKind::LeftOut), "{error}");
        left_out(watcher.execute_raw("stop", Value::Null).expect_err("it is left out"));
        left_out(watcher.current().execute_raw("stop", Value::Null).expect_err("it is left out"));
        let healed = watcher.client(LONG).expect("it is connected");
        left_out(healed.execute_raw("stop", Value::Null).expect_err("it is left out"));
        let error = watcher.run(Unplug::requested("d"), LONG).expect_err("it is left out");
        let OperationErrorKind::Command(error) = error.kind else { panic!("{error}") };
        left_out(*error);
        client.close();
        server.end();
    });
}

/// A server that is killed when it is dropped.
struct Machine(Child);

impl Machine {
    fn start(program: &Path, folder: &Path) -> Machine {
        let arguments = ["-machine", "none", "-display", "none", "-nodefaults", "-accel", "tcg", "-S"];
        Machine::with(
            program,
            folder,
            &[&arguments[..], &["-qmp", "unix:qmp.sock,server=on,wait=off"]].concat(),
        )
    }

    fn storage_daemon(program: &Path, folder: &Path) -> Machine {
        let socket = "socket,id=monitor,path=qmp.sock,server=on,wait=off";
        Machine::with(program, folder, &["--chardev", socket, "--monitor", "chardev=monitor"])
    }

    fn with(program: &Path, folder: &Path, arguments: &[&str]) -> Machine {
        let mut command = Command::new(program);
        Machine(command.args(arguments).current_dir(folder).spawn().expect("it starts"))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_machine_that_is_killed_and_started_again() {
    let programs: Vec<_> = [qemu(), old_qemu()].into_iter().flatten().collect();
    if programs.is_empty() {
        return skipped("clients that heal", "there is no QEMU");
    }
    for program in programs {
        both(|kind| {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("qmp.sock");
            let machine = Machine::start(&program, folder.path());
            let options = Options::new().wait_for_server(true);
            let client = Healing::<Untyped>::connect(kind, &path, &options, Some(LONG)).expect("it connects");
            let mut events = client.events();
            for _ in 0..3 {
                client.current().close();
                assert_eq!(hears(&mut events, 2), ["lost", "healed"]);
                assert_eq!(client.run(Power::Cont, LONG).expect("it runs"), PowerState::Is("running".into()));
                assert_eq!(hears(&mut events, 1), ["RESUME"]);
                client.run(Power::Stop, LONG).expect("it stops");
                assert_eq!(hears(&mut events, 1), ["STOP"]);
            }
            // A job that the next process does not know.
            let job = Raw::new("no-such-command", Value::Null);
            client.start(Job::new("j", job), LONG).expect_err("it is refused");
            drop(machine);
            assert_eq!(hears(&mut events, 1), ["lost"]);
            let _machine = Machine::start(&program, folder.path());
            assert_eq!(hears(&mut events, 1), ["healed"]);
            client.execute_raw("query-status", Value::Null).expect("a reply");
            // It ends as it is told, although the client would connect again.
            client.run(Power::Quit, LONG).expect("it ends");
        });
    }
}

#[test]
fn a_storage_daemon_that_is_killed_and_started_again() {
    let Some(program) = storage_daemon() else {
        return skipped("clients that heal", "there is no storage daemon");
    };
    both(|kind| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("qmp.sock");
        let options = Options::new().wait_for_server(true);
        let mut daemon = Machine::storage_daemon(&program, folder.path());
        let client = Healing::<Untyped>::connect(kind, &path, &options, Some(LONG)).expect("it connects");
        let mut events = client.events();
        for _ in 0..3 {
            drop(daemon);
            assert_eq!(hears(&mut events, 1), ["lost"]);
            daemon = Machine::storage_daemon(&program, folder.path());
            assert_eq!(hears(&mut events, 1), ["healed"]);
            client.execute_raw("query-block-jobs", Value::Null).expect("a reply");
        }
    });
}

#[test]
fn tasks_may_hold_its_futures() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let path = Path::new("/no/such/socket");
    let options = Options::new();
    runtime().block_on(async {
        let connect = asynchronous::Healing::<Untyped>::connect_unix(path, &options, LONG);
        let Err(error) = is_send(connect).await else { panic!("there is no server") };
        assert!(matches!(error.kind, ConnectErrorKind::Io(_)), "{error}");
        let starting = Starting::qemu(Command::new("/no/such/program"));
        let start = asynchronous::Process::<Untyped>::start(starting, &options);
        let Err(error) = is_send(start).await else { panic!("there is no program") };
        assert!(matches!(error.kind, ProcessErrorKind::Start(_)), "{error}");
    });
    // Only compiled.
    let _ = |client: asynchronous::Healing<Untyped>, process: asynchronous::Process<Untyped>| {
        drop(is_send(client.client(LONG)));
        drop(is_send(client.execute_raw("query-x", Value::Null)));
        drop(is_send(client.run(Unplug::new("d"), LONG)));
        drop(is_send(process.wait(LONG)));
        drop(is_send(process.explain("no")));
    };
}
