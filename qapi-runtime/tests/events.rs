//! Events find their way: held ones whatever becomes of a transport, and many at no cost of their sender.

#![cfg(all(unix, feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, HELLO, Kind, is_event};
use qapi_runtime::monitor::driver::{Action, Connection, Driver, Flushed, Placement};
use qapi_runtime::monitor::{Builder, Monitor, SessionOptions};
use qapi_runtime::{Peer, event::Event};
use session_stub::{Server, Tick, Watchdog};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

#[cfg(feature = "tokio")]
bed::on_each_transport! {
    held_events_come_beside_another_runtime,
    held_events_come_after_another_runtime_has_ended,
    held_events_come_although_a_later_runtime_has_ended,
}

fn monitor_of(server: &Server, configure: impl FnOnce(Builder) -> Builder) -> Monitor {
    configure(Monitor::builder(server.clone()).events(&server.events)).build()
}

fn throttled(server: &Server) -> Monitor {
    monitor_of(server, |builder| builder.throttle(Watchdog::NAME, Duration::from_millis(500), None))
}

/// Of two events in a row the second one is held back, and somebody has to think of it.
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

/// Counts how often it was woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Count>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A loop of somebody's own, with clients that read or not.
struct Loop {
    driver: Driver,
    waker: Waker,
    rung: Arc<Count>,
}

impl Loop {
    fn new(monitor: &Monitor) -> Loop {
        let rung = Arc::<Count>::default();
        let waker = Waker::from(Arc::clone(&rung));
        Loop { driver: Driver::new(monitor, waker.clone(), Placement::Here), waker, rung }
    }

    fn negotiated(&self) -> Connection {
        let options = SessionOptions::default();
        let mut connection = self.driver.connect(Peer::Unknown, &options, None).expect("room");
        connection.receive(HELLO.as_bytes(), Vec::new());
        let output = self.read(&mut connection);
        assert!(output.ends_with("{\"return\": {}}\r\n"), "{output}");
        connection
    }

    /// Does all there is to do, for a client that takes everything.
    fn read(&self, connection: &mut Connection) -> String {
        let mut output = Vec::new();
        while let Action::Write = connection.advance(&mut Context::from_waker(&self.waker)) {
            connection.flush(|bytes| io::Write::write(&mut output, bytes));
        }
        String::from_utf8(output).expect("ASCII")
    }
}

/// What a sender does for the sessions of a loop is to ring, however many they are, and whether their clients read.
#[test]
fn who_sends_an_event_rings_once_for_a_thousand_sessions() {
    const EVENTS: usize = 1000;
    for sessions in [1, 1000] {
        let server = Server::default();
        let monitor = monitor_of(&server, |builder| builder);
        let all = Loop::new(&monitor);
        let mut connections: Vec<_> = (0..sessions).map(|_| all.negotiated()).collect();
        // Half of the clients take no more.
        server.events.send(&Tick::new(1));
        for connection in connections.iter_mut().step_by(2) {
            assert_eq!(connection.flush(|_| Err(io::ErrorKind::WouldBlock.into())), Flushed::Blocked);
        }
        all.rung.0.store(0, Ordering::SeqCst);
        for _ in 0..EVENTS {
            server.events.send(&Tick::new(2));
        }
        let rung = all.rung.0.load(Ordering::SeqCst);
        assert!((1..=EVENTS).contains(&rung), "rung {rung} times for {sessions} sessions");
        for connection in &mut connections {
            connection.flush(|_| Err(io::ErrorKind::WouldBlock.into()));
        }
        // Whoever reads again has missed nothing.
        for connection in &mut connections {
            let mut output = Vec::new();
            connection.flush(|bytes| io::Write::write(&mut output, bytes));
            let output = String::from_utf8(output).expect("ASCII") + &all.read(connection);
            assert_eq!(output.matches("\"value\": 1}").count(), 1);
            assert_eq!(output.matches("\"value\": 2}").count(), EVENTS);
        }
    }
}
