//! What it costs to send an event: the same for any number of sessions, whether or not their clients read.

#![cfg(all(unix, feature = "threads"))]

mod bed;
mod session_stub;

use bed::HELLO;
use qapi_runtime::monitor::SessionOptions;
use qapi_runtime::monitor::driver::{Action, Connection, Driver, Flushed, Placement};
use qapi_runtime::{Monitor, Peer};
use session_stub::{Server, Tick};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

/// Counts how often it was woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Count>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// An embedder's loop, with clients that read or not.
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
        let monitor = Monitor::builder(server.clone()).events(&server.events).build();
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
        // A client that reads again has missed nothing.
        for connection in &mut connections {
            let mut output = Vec::new();
            connection.flush(|bytes| io::Write::write(&mut output, bytes));
            let output = String::from_utf8(output).expect("ASCII") + &all.read(connection);
            assert_eq!(output.matches("\"value\": 1}").count(), 1);
            assert_eq!(output.matches("\"value\": 2}").count(), EVENTS);
        }
    }
}
