//! Whose turn it is: fair among sessions, and shared or not.

#![cfg(all(unix, feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, Fixture, HELLO, HELLO_OOB, Kind, start_with};
use qapi_runtime::Context;
use qapi_runtime::monitor::Turns;
use session_stub::{Patience, Server};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const NAME: &str = r#"{"execute": "query-name"}"#;

bed::on_each_transport! {
    sessions_of_either_kind_get_the_same_share,
    a_command_that_never_ends_stalls_all_sessions_that_share_the_turn,
    a_command_that_never_ends_stalls_its_own_session_only,
    the_turn_of_a_client_that_left_goes_on_if_the_handler_agrees,
}

/// Eight clients ask over and over for something that takes a while.
fn sessions_of_either_kind_get_the_same_share(kind: Kind) {
    const COMMANDS: usize = 800;
    let busy = Arc::new(|_: &Context<'_>| std::thread::sleep(Duration::from_micros(300)));
    let server = Server { visit: busy, ..Server::default() };
    let Fixture { path, .. } = &start_with(kind, server, |builder| builder);
    let over = AtomicBool::new(false);
    let clients = [HELLO, HELLO_OOB].repeat(4).into_iter().map(|hello| Client::greeted(path, hello));
    let clients: Vec<_> = clients.collect();
    let served: Vec<usize> = std::thread::scope(|scope| {
        let asking = clients.into_iter().map(|client| scope.spawn(|| ask_until(client, &over, COMMANDS)));
        let asking: Vec<_> = asking.collect();
        asking.into_iter().map(|asking| asking.join().expect("no panic")).collect()
    });
    let mean = served.iter().sum::<usize>() / served.len();
    let least = *served.iter().min().expect("clients");
    assert!(least >= mean / 2, "not fair: {served:?}");
}

/// Asks until one client has been answered so often. How often was this one?
fn ask_until(mut client: Client<std::os::unix::net::UnixStream>, over: &AtomicBool, most: usize) -> usize {
    let mut answered = 0;
    while answered < most && !over.load(Ordering::Relaxed) {
        assert_eq!(client.ask(NAME), "{\"return\": {}}");
        answered += 1;
    }
    over.store(true, Ordering::Relaxed);
    answered
}

fn fixture(kind: &Kind, turns: Turns, patience: Patience) -> Fixture {
    let server = Server { patience, ..Server::default() };
    start_with(kind.clone(), server, |builder| builder.turns(turns))
}

/// A client whose async command runs and does not end.
fn endless(fixture: &Fixture, hello: &str) -> Client<std::os::unix::net::UnixStream> {
    let mut client = Client::greeted(&fixture.path, hello);
    client.send(r#"{"execute": "await", "id": "endless"}{"execute": "query-name", "id": "behind"}"#);
    fixture.server.gate.until_waited_at();
    client
}

/// Gives the server many chances to do what it should not do, and looks whether it has.
fn assert_not_logged(fixture: &Fixture, what: &str) {
    let mut other = Client::greeted(&fixture.path, HELLO_OOB);
    for _ in 0..50 {
        assert!(other.ask(r#"{"exec-oob": "query-yank"}"#).contains("chardev"));
    }
    assert!(!fixture.server.log.lock().expect("log").iter().any(|entry| entry.starts_with(what)));
}

fn a_command_that_never_ends_stalls_all_sessions_that_share_the_turn(kind: Kind) {
    for hello in [HELLO, HELLO_OOB] {
        let fixture = fixture(&kind, Turns::Shared, Patience::Endless);
        let mut stalled = Client::negotiated(&fixture.path);
        let mut client = endless(&fixture, hello);
        stalled.send(r#"{"execute": "set-action"}"#);
        assert_not_logged(&fixture, "set-action");
        fixture.server.gate.open();
        assert_eq!(stalled.line(), "{\"return\": {}}");
        assert_eq!(client.line(), r#"{"return": {}, "id": "endless"}"#);
        assert_eq!(client.line(), r#"{"return": {}, "id": "behind"}"#);
    }
}

fn a_command_that_never_ends_stalls_its_own_session_only(kind: Kind) {
    for hello in [HELLO, HELLO_OOB] {
        let fixture = fixture(&kind, Turns::PerSession, Patience::Endless);
        let mut others = [HELLO, HELLO_OOB].map(|hello| Client::greeted(&fixture.path, hello));
        let mut client = endless(&fixture, hello);
        for _ in 0..20 {
            for other in &mut others {
                assert_eq!(other.ask(NAME), "{\"return\": {}}");
            }
        }
        fixture.server.gate.open();
        // Its own commands kept their order.
        assert_eq!(client.line(), r#"{"return": {}, "id": "endless"}"#);
        assert_eq!(client.line(), r#"{"return": {}, "id": "behind"}"#);
    }
}

fn the_turn_of_a_client_that_left_goes_on_if_the_handler_agrees(kind: Kind) {
    for hello in [HELLO, HELLO_OOB] {
        let fixture = fixture(&kind, Turns::Shared, Patience::Droppable);
        let mut stalled = [HELLO, HELLO_OOB].map(|hello| Client::greeted(&fixture.path, hello));
        let client = endless(&fixture, hello);
        stalled.iter_mut().for_each(|stalled| stalled.send(r#"{"execute": "set-action"}"#));
        assert_not_logged(&fixture, "set-action");
        drop(client);
        for stalled in &mut stalled {
            assert_eq!(stalled.line(), "{\"return\": {}}");
        }
    }
}
