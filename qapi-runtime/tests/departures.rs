//! What becomes of the commands of clients that have left.

#![cfg(all(unix, feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, Fixture, HELLO, HELLO_OOB, Kind, start, start_with, until};
use qapi_runtime::interceptor::{Finished, Interceptor, Verdict};
use session_stub::{Patience, Server};
use std::sync::{Arc, Mutex};

bed::on_each_transport! {
    commands_of_a_client_that_has_left_do_not_run,
    clients_that_left_hold_no_sessions_behind_a_slow_command,
    clients_that_left_hold_no_sessions_behind_an_async_command,
    a_future_is_dropped_with_its_client_if_its_handler_agrees,
    an_async_handler_can_wait_for_its_client_to_leave,
    an_async_handler_that_does_not_agree_goes_on,
    an_interceptor_is_told_that_a_command_was_abandoned,
}

/// How many commands may begin before the driver notices that their client has left: it asks the kernel after 1, 2, 4, 8
/// and 16 commands, and then at every 32nd.
const UNNOTICED: usize = 64;

/// It is gone before the server comes to its commands: those that would run are all in one write.
fn commands_of_a_client_that_has_left_do_not_run(kind: Kind) {
    for hello in [HELLO, HELLO_OOB] {
        for before in [0, 1, 5, 40, 100] {
            let fixture = start(kind.clone());
            let mut other = Client::negotiated(&fixture.path);
            let mut leaving = Client::greeted(&fixture.path, hello);
            let pairs = r#"{"execute": "cont"}{"execute": "stop"}"#;
            leaving.send(
                &[&pairs.repeat(before), r#"{"execute": "blockdev-add"}"#, &pairs.repeat(400)].concat(),
            );
            fixture.server.gate.until_waited_at();
            drop(leaving);
            fixture.server.gate.open();
            until("the session is over", || fixture.monitor.sessions() == 1);
            // The turn comes to this command when no other has it.
            other.send(r#"{"execute": "query-name"}"#);
            let mut events = 0;
            while other.line() != "{\"return\": {}}" {
                events += 1;
            }
            assert!(events <= 2 * before + UNNOTICED, "{events} commands ran, {before} before it left");
        }
    }
}

fn clients_that_left_hold_no_sessions_behind_a_slow_command(kind: Kind) {
    behind(kind, "blockdev-add");
}

fn clients_that_left_hold_no_sessions_behind_an_async_command(kind: Kind) {
    behind(kind, "await");
}

/// Three hundred clients send commands that wait for their turn, and leave. Theirs would be the same `command`.
fn behind(kind: Kind, command: &str) {
    let Fixture { monitor, server, path, .. } = &start(kind);
    let mut slow = Client::negotiated(path);
    slow.send(&format!("{{\"execute\": \"{command}\", \"id\": \"slow\"}}"));
    server.gate.until_waited_at();
    for hello in [HELLO, HELLO_OOB] {
        let commands = format!("{{\"execute\": \"{command}\"}}").repeat(if hello == HELLO { 1 } else { 5 });
        let mut clients: Vec<_> = (0..150).map(|_| Client::greeted(path, hello)).collect();
        clients.iter_mut().for_each(|client| client.send(&commands));
        assert_eq!(monitor.sessions(), 151);
        drop(clients);
        // The slow command runs all the while.
        until("those who left are gone", || monitor.sessions() == 1);
    }
    server.gate.open();
    assert_eq!(slow.line(), r#"{"return": {}, "id": "slow"}"#);
    assert_eq!(slow.ask(r#"{"execute": "query-name"}"#), "{\"return\": {}}");
}

fn patient(kind: Kind, patience: Patience) -> Fixture {
    start_with(kind, Server { patience, ..Server::default() }, |builder| builder)
}

fn logged(fixture: &Fixture) -> Vec<String> {
    fixture.server.log.lock().expect("log").clone()
}

/// One who left while its async command ran, with more of them in the queue.
fn leave_while_it_runs(fixture: &Fixture, hello: &str) {
    let mut client = Client::greeted(&fixture.path, hello);
    client.send(&r#"{"execute": "await"}"#.repeat(4));
    fixture.server.gate.until_waited_at();
    fixture.server.gate.forget();
}

fn a_future_is_dropped_with_its_client_if_its_handler_agrees(kind: Kind) {
    for hello in [HELLO, HELLO_OOB] {
        let fixture = patient(kind.clone(), Patience::Droppable);
        leave_while_it_runs(&fixture, hello);
        until("the future is dropped", || logged(&fixture) == ["future dropped"]);
        // And no one has to wait for it any more.
        let mut next = Client::negotiated(&fixture.path);
        assert_eq!(next.ask(r#"{"execute": "query-name"}"#), "{\"return\": {}}");
        until("the session is over", || fixture.monitor.sessions() == 1);
        assert_eq!(logged(&fixture), ["future dropped"], "no command of one who left begins");
    }
}

fn an_async_handler_can_wait_for_its_client_to_leave(kind: Kind) {
    for hello in [HELLO, HELLO_OOB] {
        let fixture = patient(kind.clone(), Patience::UntilCancelled);
        leave_while_it_runs(&fixture, hello);
        until("the handler knows", || logged(&fixture) == ["cancelled"]);
        let mut next = Client::negotiated(&fixture.path);
        assert_eq!(next.ask(r#"{"execute": "query-name"}"#), "{\"return\": {}}");
        assert_eq!(logged(&fixture), ["cancelled"], "no command of one who left begins");
    }
}

fn an_async_handler_that_does_not_agree_goes_on(kind: Kind) {
    for hello in [HELLO, HELLO_OOB] {
        let fixture = patient(kind.clone(), Patience::Endless);
        leave_while_it_runs(&fixture, hello);
        let mut next = Client::negotiated(&fixture.path);
        next.send(r#"{"execute": "set-action"}"#);
        let mut other = Client::greeted(&fixture.path, HELLO_OOB);
        for _ in 0..50 {
            assert!(other.ask(r#"{"exec-oob": "query-yank"}"#).contains("chardev"));
        }
        assert!(logged(&fixture).iter().all(|entry| entry == "query-yank oob=true"), "it has the turn");
        fixture.server.gate.open();
        assert_eq!(next.line(), "{\"return\": {}}");
    }
}

/// Notes how commands have ended.
#[derive(Default)]
struct Ends(Mutex<Vec<String>>);

impl Interceptor for Ends {
    fn after(&self, finished: &Finished<'_>) {
        let how = match finished.verdict() {
            Verdict::Succeeded => "succeeded",
            Verdict::Abandoned => "abandoned",
            other => panic!("{other:?}"),
        };
        self.0.lock().expect("ends").push(format!("{} {how}", finished.name().unwrap_or_default()));
    }
}

/// One that waits for its turn, and one whose future is dropped.
fn an_interceptor_is_told_that_a_command_was_abandoned(kind: Kind) {
    for hello in [HELLO, HELLO_OOB] {
        let ends = Arc::new(Ends::default());
        let interceptor: Arc<dyn Interceptor> = ends.clone();
        let server = Server { patience: Patience::Droppable, ..Server::default() };
        let fixture = start_with(kind.clone(), server, |builder| builder.interceptor(interceptor));
        let [mut running, mut waiting] = [0, 1].map(|_| Client::greeted(&fixture.path, hello));
        ends.0.lock().expect("ends").clear();
        running.send(r#"{"execute": "await"}"#);
        fixture.server.gate.until_waited_at();
        waiting.send(r#"{"execute": "set-action"}"#);
        // It is answered when what came before it was read.
        let mut other = Client::greeted(&fixture.path, HELLO_OOB);
        for _ in 0..50 {
            assert!(other.ask(r#"{"exec-oob": "query-yank"}"#).contains("chardev"));
        }
        for (client, expected) in [(waiting, "set-action abandoned"), (running, "await abandoned")] {
            drop(client);
            let abandoned = || ends.0.lock().expect("ends").iter().filter(|end| *end == expected).count();
            until(expected, || abandoned() == 1);
        }
        until("the other one is left", || fixture.monitor.sessions() == 1);
        let ends = ends.0.lock().expect("ends");
        assert_eq!(ends.iter().filter(|end| end.ends_with("abandoned")).count(), 2, "{ends:?}");
    }
}
