//! Sessions in an event loop of the embedder's.

mod session_stub;

use qapi_runtime::Monitor;
use qapi_runtime::Peer;
use qapi_runtime::monitor::driver::{Action, Connection, Driver, Job, Placement};
use qapi_runtime::monitor::{Builder, SessionOptions};
use session_stub::{Server, Tick};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};

const HELLO: &[u8] = br#"{"execute": "qmp_capabilities"}"#;
const HELLO_OOB: &[u8] = br#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}"#;

/// A waker that tells whether it was woken.
#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Flag>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn builder(server: &Server) -> Builder {
    Monitor::builder(server.clone()).events(&server.events)
}

fn connect(driver: &Driver) -> Connection {
    driver.connect(Peer::Unknown, &SessionOptions::default(), None).expect("connects")
}

/// Obeys until it is to wait, to end, or to run a job; returns what was written.
fn obey(connection: &mut Connection, takes: bool) -> (String, Option<Job>, bool) {
    let mut socket = Vec::new();
    loop {
        let (job, is_over) = match connection.advance(&mut Context::from_waker(Waker::noop())) {
            Action::Write => {
                connection.flush(|bytes| match takes {
                    true => io::Write::write(&mut socket, bytes),
                    false => Err(io::ErrorKind::WouldBlock.into()),
                });
                continue;
            }
            Action::Beside(job) => (Some(job), false),
            Action::Wait(_) => (None, false),
            Action::Close => (None, true),
        };
        return (String::from_utf8(socket).expect("text"), job, is_over);
    }
}

fn open(driver: &Driver, hello: &[u8]) -> Connection {
    let mut connection = connect(driver);
    connection.receive(hello, Vec::new());
    let (said, _, is_over) = obey(&mut connection, true);
    assert!(said.ends_with("{\"return\": {}}\r\n") && !is_over);
    connection
}

#[test]
fn a_job_that_is_dropped_while_it_runs_fails_its_command() {
    let server = Server::default();
    let monitor = builder(&server).build();
    let driver = Driver::new(&monitor, Waker::noop().clone(), Placement::Thread);
    let mut connection = open(&driver, HELLO_OOB);
    connection.receive(br#"{"execute": "await", "id": 1} {"execute": "query-name", "id": 2}"#, Vec::new());
    let (_, job, _) = obey(&mut connection, true);
    let mut job = job.expect("it runs beside");
    let mut cx = Context::from_waker(Waker::noop());
    assert!(pin!(job.turn()).poll(&mut cx).is_ready());
    let mut running = Box::pin(job.run());
    assert!(running.as_mut().poll(&mut cx).is_pending());
    drop(running);
    let (said, next, _) = obey(&mut connection, true);
    assert!(said.contains("\"id\": 1, \"error\"") && said.contains("await was not run to its end"), "{said}");
    assert!(next.is_some(), "the next command has its turn");
}

#[test]
fn a_client_that_does_not_read_its_events_is_dropped() {
    let server = Server::default();
    let monitor = builder(&server).output_limit(1000).build();
    let driver = Driver::new(&monitor, Waker::noop().clone(), Placement::Here);
    let mut connection = open(&driver, HELLO);
    server.events.send(&Tick::new(0));
    assert!(!obey(&mut connection, false).2, "one event fits");
    for value in 1..100 {
        server.events.send(&Tick::new(value));
    }
    assert!(obey(&mut connection, false).2);
}

#[test]
fn every_driver_is_told_of_its_own_first_deadline() {
    let server = Server::default();
    let monitor = builder(&server).build();
    let flags: [Arc<Flag>; 2] = Default::default();
    let [first, second] =
        flags.each_ref().map(|flag| Driver::new(&monitor, Waker::from(Arc::clone(flag)), Placement::Here));
    let connections = [connect(&first), connect(&second)];
    assert!(flags.iter().all(|flag| flag.0.load(Ordering::SeqCst)));
    // The first loop ends, and the second one has to know of its own session's deadline.
    drop((first, connections));
}

#[test]
fn a_connection_that_is_dropped_passes_its_turn_on() {
    let server = Server::default();
    let monitor = builder(&server).build();
    let driver = Driver::new(&monitor, Waker::noop().clone(), Placement::Task);
    let [mut leaving, mut other] = [open(&driver, HELLO), open(&driver, HELLO)];
    leaving.receive(br#"{"execute": "await"}"#, Vec::new());
    assert_eq!(obey(&mut leaving, true).0, "");
    other.receive(br#"{"execute": "query-name"}"#, Vec::new());
    assert_eq!(obey(&mut other, true).0, "");
    drop(leaving);
    assert_eq!(obey(&mut other, true).0, "{\"return\": {}}\r\n");
}
