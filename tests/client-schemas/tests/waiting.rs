//! Waiting for an event: neither a stale one nor one of another kind ends the wait, an early one does, and each other
//! end has an error that says what was waited for.

use qapi_client_tests::driver::{Driver, Kind, both, runtime};
use qapi_client_tests::older::command::Freeze;
use qapi_client_tests::older::event::JobChanged;
use qapi_client_tests::older::{Schema, State};
use qapi_client_tests::peer::{Peer, answer, connect};
use qapi_runtime::client::{CommandErrorKind, GoneReason, Options, Received, WaitError, WaitErrorKind};
use serde_json::json;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

fn changed(peer: &mut Peer, id: &str, state: &str) {
    peer.event("JOB_CHANGED", json!({ "id": id, "state": state }));
}

/// A client of a server that does this for the first command.
fn serve(kind: Kind, server: fn(&mut Peer)) -> (Driver<Schema>, JoinHandle<Peer>) {
    connect::<Schema>(kind, &[], server)
}

/// Executes a command, and waits until the job `b` has changed.
fn freeze(client: &Driver<Schema>, limit: Duration) -> Result<Received<JobChanged>, WaitError> {
    let waited = client.execute_and_wait(limit, Freeze::new(), |event: &JobChanged| event.id == "b");
    waited.map(|((), event)| event)
}

#[test]
fn an_event_before_the_reply_ends_the_wait() {
    both(|kind| {
        let (client, _server) = serve(kind, |peer| {
            let request = peer.request();
            peer.event("MELTED", json!({ "degrees": 1 }));
            changed(peer, "a", "running");
            changed(peer, "b", "running");
            changed(peer, "b", "idle");
            peer.reply(&request, json!({}));
        });
        assert_eq!(freeze(&client, LONG).expect("it came").state, State::Running);
    });
}

#[test]
fn an_event_after_the_reply_ends_the_wait() {
    both(|kind| {
        let (client, _server) = serve(kind, |peer| {
            answer(json!({}))(peer);
            thread::sleep(SHORT);
            changed(peer, "b", "running");
        });
        freeze(&client, LONG).expect("it came");
    });
}

#[test]
fn an_event_from_before_the_command_does_not() {
    both(|kind| {
        let (client, server) = serve(kind, |peer| {
            changed(peer, "b", "running");
            answer(json!({}))(peer);
            answer(json!({}))(peer);
        });
        client.execute(Freeze::new()).expect("a reply behind the event");
        let error = freeze(&client, SHORT).expect_err("it was before");
        assert!(matches!(error.kind, WaitErrorKind::Timeout(SHORT)), "{error}");
        assert_eq!(error.to_string(), "waiting for JOB_CHANGED: it did not come within 50ms");
        let error = client.wait_for(|_: &JobChanged| true, SHORT).expect_err("it was before");
        assert!(matches!(error.kind, WaitErrorKind::Timeout(SHORT)), "{error}");
        server.join().expect("no panic");
    });
}

#[test]
fn the_limit_holds_for_the_command_too() {
    both(|kind| {
        let (client, server) = serve(kind, |peer| {
            let request = peer.request();
            thread::sleep(SHORT * 6);
            peer.reply(&request, json!({}));
        });
        let started = Instant::now();
        let error = freeze(&client, SHORT * 2).expect_err("no reply in time");
        let WaitErrorKind::Command(error) = &error.kind else { panic!("{error}") };
        assert!(matches!(error.kind, CommandErrorKind::Timeout(_)), "{error}");
        assert!(started.elapsed() < SHORT * 6);
        server.join().expect("no panic");
    });
}

#[test]
fn the_end_of_the_connection_ends_the_wait() {
    both(|kind| {
        let (client, server) = serve(kind, |peer| answer(json!({}))(peer));
        let waiting = {
            let client = client.clone();
            thread::spawn(move || freeze(&client, LONG))
        };
        drop(server.join().expect("no panic"));
        let error = waiting.join().expect("no panic").expect_err("it has ended");
        let WaitErrorKind::Gone(reason) = &error.kind else { panic!("{error}") };
        assert!(matches!(reason.reason(), GoneReason::Closed), "{reason}");
        let error = client.wait_for(|_: &JobChanged| true, LONG).expect_err("it has ended");
        assert!(matches!(error.kind, WaitErrorKind::Gone(_)), "{error}");
    });
}

#[test]
fn a_refused_command_ends_the_wait() {
    both(|kind| {
        let (client, _server) = serve(kind, |peer| {
            let request = peer.request();
            let error = json!({ "class": "GenericError", "desc": "too warm" });
            peer.send(&json!({ "error": error, "id": request["id"] }));
        });
        let error = freeze(&client, LONG).expect_err("it is refused");
        let WaitErrorKind::Command(error) = &error.kind else { panic!("{error}") };
        assert_eq!(error.refusal().expect("an error reply").desc, "too warm");
    });
}

#[test]
fn an_event_of_the_name_that_cannot_be_decoded_ends_the_wait() {
    both(|kind| {
        let (client, _server) = serve(kind, |peer| {
            answer(json!({}))(peer);
            peer.event("JOB_CHANGED", json!({ "id": 5 }));
        });
        let error = freeze(&client, LONG).expect_err("it cannot be decoded");
        let WaitErrorKind::Event(error) = &error.kind else { panic!("{error}") };
        assert_eq!(error.data, json!({ "id": 5 }));
    });
}

#[test]
fn dropped_events_end_the_wait() {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        let server = thread::spawn(move || {
            peer.negotiate(&[]);
            let request = peer.request();
            changed(&mut peer, "b", "running");
            (0..3).for_each(|_| changed(&mut peer, "a", "running"));
            peer.reply(&request, json!({}));
            peer
        });
        let options = Options::new().event_capacity(3);
        let client = Driver::<Schema>::unix(kind, socket, &options).expect("it connects");
        let error = freeze(&client, LONG).expect_err("it was dropped");
        assert!(matches!(error.kind, WaitErrorKind::Missed(1)), "{error}");
        server.join().expect("no panic");
    });
}

#[test]
fn waits_can_be_spawned() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let (socket, mut peer) = Peer::pair();
    let server = thread::spawn(move || {
        peer.negotiate(&[]);
        let request = peer.request();
        changed(&mut peer, "b", "idle");
        peer.reply(&request, json!({}));
        peer
    });
    let driver = Driver::<Schema>::unix(Kind::Tokio, socket, &Options::new()).expect("it connects");
    let Driver::Tokio(client) = driver else { panic!("it is on tokio") };
    runtime().block_on(async {
        let is_idle = |event: &JobChanged| event.state == State::Idle;
        is_send(client.execute_and_wait(Freeze::new(), is_idle)).await.expect("it came");
        is_send(client.wait_for(is_idle, SHORT)).await.expect_err("it was before");
    });
    server.join().expect("no panic");
}
