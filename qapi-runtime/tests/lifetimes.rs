//! When listeners, sessions and a monitor end.

#![cfg(all(unix, feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, HELLO, HELLO_OOB, Hand, Kind, LONG, is_event, start_with, until};
use qapi_runtime::Monitor;
use qapi_runtime::monitor::{Budgets, SessionChange};
use session_stub::{Server, Tick};
use std::collections::BTreeMap;
use std::io::Read;
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const NAME: &str = r#"{"execute": "query-name"}"#;

bed::on_each_transport! {
    the_last_monitor_ends_its_listeners_and_sessions_go_on,
    a_handle_keeps_the_monitor,
    a_client_that_never_reads_does_not_hold_up_a_shutdown,
    a_client_that_reads_slowly_is_waited_for,
    a_hook_is_told_of_each_session_once,
}

fn the_last_monitor_ends_its_listeners_and_sessions_go_on(kind: Kind) {
    let (server, directory) = (Server::default(), tempfile::tempdir().expect("a directory"));
    let path = directory.path().join("qmp");
    let monitor = Monitor::builder(server.clone()).events(&server.events).build();
    let clone = monitor.clone();
    kind.serve_unix(&path, &monitor).expect("serves");
    let mut clients = [HELLO, HELLO_OOB].map(|hello| Client::greeted(&path, hello));
    drop(monitor);
    drop(Client::negotiated(&path));
    drop(clone);
    assert!(!path.exists());
    UnixStream::connect(&path).expect_err("no one listens");
    for client in &mut clients {
        assert_eq!(client.ask(NAME), "{\"return\": {}}");
    }
    server.events.send(&Tick::new(1));
    for client in &mut clients {
        assert!(is_event(&client.line(), "TICK"));
        // Its handlers find no monitor any more, and run all the same.
        assert_eq!(client.ask(NAME), "{\"return\": {}}");
    }
    // The path is free for another.
    let next = Monitor::builder(server.clone()).build();
    kind.serve_unix(&path, &next).expect("serves");
    drop(Client::negotiated(&path));
}

fn a_handle_keeps_the_monitor(kind: Kind) {
    let (server, directory) = (Server::default(), tempfile::tempdir().expect("a directory"));
    let path = directory.path().join("qmp");
    let monitor = Monitor::builder(server).build();
    kind.serve_unix(&path, &monitor).expect("serves");
    let (address, handle) = kind.serve_tcp("127.0.0.1:0", &monitor).expect("serves");
    drop(monitor);
    drop(Client::negotiated(&path));
    assert!(TcpStream::connect(address).is_ok());
    drop(handle);
    assert!(!path.exists());
    until("no one listens", || TcpStream::connect(address).is_err());
}

fn a_client_that_never_reads_does_not_hold_up_a_shutdown(kind: Kind) {
    for hello in [HELLO, HELLO_OOB] {
        let fixture = start_with(kind.clone(), Server::default(), |builder| builder);
        let mut other = Client::negotiated(&fixture.path);
        let mut silent = Client::greeted(&fixture.path, hello);
        // More than a socket holds.
        for value in 1..=20_000 {
            fixture.server.events.send(&Tick::new(value));
        }
        let monitor = fixture.monitor.clone();
        let (sender, ended) = channel();
        std::thread::spawn(move || sender.send(monitor.shutdown(Duration::from_secs(3600))));
        for _ in 0..20_000 {
            assert!(is_event(&other.line(), "TICK"));
        }
        assert_eq!(other.line(), "", "those who read get everything");
        let written = ended.recv_timeout(LONG).expect("an end long before the limit");
        assert!(!written, "not everything is written");
        assert_eq!(fixture.monitor.sessions(), 0);
        // What the kernel has is still there, then the end.
        let _ = silent.reader.read_to_end(&mut Vec::new());
    }
}

/// One that takes a little now and then is not taken for one that takes nothing.
fn a_client_that_reads_slowly_is_waited_for(kind: Kind) {
    let fixture = start_with(kind, Server::default(), |builder| builder);
    let mut slow = Client::negotiated(&fixture.path);
    for value in 1..=10_000 {
        fixture.server.events.send(&Tick::new(value));
    }
    let monitor = fixture.monitor.clone();
    let ending = std::thread::spawn(move || monitor.shutdown(LONG));
    for value in 1..=10_000 {
        if value % 1000 == 0 {
            std::thread::sleep(Duration::from_millis(100));
        }
        assert!(slow.line().ends_with(&format!("\"value\": {value}}}}}")));
    }
    assert_eq!(slow.line(), "");
    assert!(ending.join().expect("no panic"), "everything is written");
}

/// What a hook was told: how often each session began and ended.
type Told = Arc<Mutex<BTreeMap<u64, (usize, usize)>>>;

fn notes(told: &Told) -> impl Fn(SessionChange<'_>) + Send + Sync + 'static {
    let told = Arc::clone(told);
    move |change| {
        let mut told = told.lock().expect("notes");
        match change {
            SessionChange::Began { session, .. } => told.entry(session).or_default().0 += 1,
            SessionChange::Ended { session, .. } => {
                let (began, ended) = told.entry(session).or_default();
                *ended += 1;
                assert!(*ended <= *began, "the end comes after the beginning");
            }
            other => panic!("unknown: {other:?}"),
        }
    }
}

fn a_hook_is_told_of_each_session_once(kind: Kind) {
    let told = Told::default();
    let seen = Arc::new(Mutex::new(Vec::new()));
    for _ in 0..2 {
        let clock = Arc::new(Hand::default());
        let mut budgets = Budgets::default();
        budgets.sessions = 3;
        budgets.negotiation = Duration::from_secs(10);
        let sees = Arc::clone(&seen);
        let visit = Arc::new(move |cx: &qapi_runtime::Context<'_>| {
            sees.lock().expect("numbers").push(cx.session());
        });
        let fixture = start_with(kind.clone(), Server { visit, ..Server::default() }, |builder| {
            let clock: Arc<dyn qapi_runtime::clock::Clock> = clock.clone();
            builder.budgets(budgets).clock(clock).on_session(notes(&told))
        });
        // One expires, one leaves, and one stays until the shutdown; two more are refused.
        let mut silent = Client::connect(&fixture.path);
        let [mut leaves, mut stays] = [HELLO, HELLO_OOB].map(|hello| Client::greeted(&fixture.path, hello));
        for _ in 0..2 {
            let _ = UnixStream::connect(&fixture.path).expect("connects").read_to_end(&mut Vec::new());
        }
        for client in [&mut leaves, &mut stays] {
            assert_eq!(client.ask(NAME), "{\"return\": {}}");
        }
        drop(leaves);
        clock.set(Duration::from_secs(10));
        fixture.monitor.advance(fixture.monitor.clock().now());
        assert_eq!(silent.line(), "");
        until("one is left", || fixture.monitor.sessions() == 1);
        assert!(fixture.monitor.shutdown(LONG));
    }
    until("all are over", || told.lock().expect("notes").values().all(|(_, ended)| *ended > 0));
    let told = told.lock().expect("notes");
    assert_eq!(told.len(), 6, "six sessions, and no number was used twice: {told:?}");
    assert!(told.values().all(|times| *times == (1, 1)), "{told:?}");
    let seen = seen.lock().expect("numbers");
    assert!(seen.len() == 4 && seen.iter().all(|number| told.contains_key(number)), "{seen:?} of {told:?}");
}
