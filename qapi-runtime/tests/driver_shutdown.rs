//! A loop of one's own ends its service without waiting for it.

mod session_stub;

use qapi_runtime::monitor::SessionOptions;
use qapi_runtime::monitor::driver::{Action, Connection, Driver, Flushed, Placement, Refused};
use qapi_runtime::{Monitor, Peer};
use session_stub::Server;
use std::task::{Context, Waker};

fn connect(driver: &Driver) -> Result<Connection, Refused> {
    driver.connect(Peer::Unknown, &SessionOptions::default(), None)
}

fn advance(connection: &mut Connection) -> Action {
    connection.advance(&mut Context::from_waker(Waker::noop()))
}

/// Does what is to be done until the connection waits, or is over; returns that, and what was written.
fn obey(connection: &mut Connection) -> (Action, String) {
    let mut output = Vec::new();
    loop {
        match advance(connection) {
            Action::Write => {
                let flushed = connection.flush(|bytes| std::io::Write::write(&mut output, bytes));
                assert_ne!(flushed, Flushed::Blocked);
            }
            action => return (action, String::from_utf8(output).expect("text")),
        }
    }
}

#[test]
fn commands_that_run_are_answered_and_none_begins() {
    let server = Server::default();
    let monitor = Monitor::builder(server.clone()).events(&server.events).build();
    let driver = Driver::new(&monitor, Waker::noop().clone(), Placement::Here);
    let mut busy = connect(&driver).expect("room");
    let mut idle = connect(&driver).expect("room");
    busy.receive(
        b"{'execute': 'qmp_capabilities'} {'execute': 'await', 'id': 1} {'execute': 'stop'}",
        vec![],
    );
    assert!(matches!(obey(&mut busy), (Action::Wait(_), _)));
    assert!(matches!(obey(&mut idle), (Action::Wait(_), greeting) if greeting.contains("QMP")));

    monitor.begin_shutdown();
    assert_eq!(connect(&driver).expect_err("no more sessions"), Refused::ShutDown);
    assert!(matches!(obey(&mut idle).0, Action::Close));
    drop(idle);
    assert!(matches!(obey(&mut busy).0, Action::Wait(interest) if !interest.read));
    assert_eq!(monitor.sessions(), 1);

    server.gate.open();
    let (action, output) = obey(&mut busy);
    assert!(matches!(action, Action::Close));
    assert_eq!(output, "{\"return\": {}, \"id\": 1}\r\n");
    drop(busy);
    assert_eq!(monitor.sessions(), 0);
}
