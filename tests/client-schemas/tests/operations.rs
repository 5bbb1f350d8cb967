//! Operations with a scripted server: what does not happen with a real one, or not every time.

use qapi_client_tests::driver::{Driver, Kind, both, runtime};
use qapi_client_tests::peer::{Peer, answer, connect};
use qapi_runtime::client::operation::{Job, OperationError, OperationErrorKind, Raw, Unplug};
use qapi_runtime::client::{Options, Untyped};
use serde_json::{Value, json};
use std::net::Shutdown;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

fn list(names: &[&str]) -> Value {
    names.iter().map(|name| json!({ "name": name, "type": "child<device>" })).collect()
}

fn gone(peer: &mut Peer, id: &str) {
    peer.event("DEVICE_DELETED", json!({ "device": id, "path": format!("/machine/peripheral/{id}") }));
}

fn unplug(kind: Kind, limit: Duration, server: fn(&mut Peer)) -> Result<(), OperationError> {
    let (client, _server) = connect::<Untyped>(kind, &[], server);
    client.run(Unplug::new("d"), limit)
}

#[test]
fn an_event_before_the_command_is_not_its_end() {
    both(|kind| {
        let (client, _server) = connect::<Untyped>(kind, &[], |peer| {
            gone(peer, "d");
            answer(json!({}))(peer);
            answer(json!({}))(peer);
            answer(list(&["d"]))(peer);
            answer(list(&["d"]))(peer);
        });
        client.execute_raw("query-name", Value::Null).expect("a reply behind the event");
        let error = client.run(Unplug::new("d"), SHORT).expect_err("it is there");
        assert!(matches!(error.kind, OperationErrorKind::Timeout(SHORT)), "{error}");
        assert_eq!(error.to_string(), "removal of d did not end within 50ms; last seen: requested");
    });
}

#[test]
fn an_event_before_the_reply_is_its_end() {
    both(|kind| {
        let result = unplug(kind, LONG, |peer| {
            let request = peer.request();
            gone(peer, "d");
            peer.reply(&request, json!({}));
            let request = peer.request();
            peer.reply(&request, list(&["d"]));
        });
        result.expect("it is gone");
    });
}

#[test]
fn the_last_look_at_the_limit_counts() {
    both(|kind| {
        let result = unplug(kind, SHORT, |peer| {
            answer(json!({}))(peer);
            answer(list(&["d"]))(peer);
            answer(list(&[]))(peer);
        });
        result.expect("it is gone");
    });
}

#[test]
fn the_end_of_the_connection_ends_it() {
    both(|kind| {
        let result = unplug(kind, LONG, |peer| {
            answer(json!({}))(peer);
            answer(list(&["d"]))(peer);
            peer.event("DEVICE_DELETED", json!({ "path": "/machine/peripheral/d/part" }));
            peer.stream().shutdown(Shutdown::Both).expect("it closes");
        });
        let error = result.expect_err("the server is gone");
        assert!(matches!(error.kind, OperationErrorKind::Gone(_)), "{error}");
        assert_eq!(error.last.as_deref(), Some("/machine/peripheral/d/part is gone"));
    });
}

#[test]
fn dropped_events_make_it_ask() {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        let server = std::thread::spawn(move || {
            peer.negotiate(&[]);
            let request = peer.request();
            // The only event that would end it is pushed out by the others.
            gone(&mut peer, "d");
            (0..8).for_each(|_| gone(&mut peer, "other"));
            peer.reply(&request, json!({}));
            answer(list(&["d"]))(&mut peer);
            answer(list(&[]))(&mut peer);
        });
        let options = Options::new().event_capacity(2);
        let client = Driver::<Untyped>::unix(kind, socket, &options).expect("it connects");
        client.run(Unplug::new("d"), LONG).expect("it is gone");
        server.join().expect("no panic");
    });
}

#[test]
fn a_future_that_is_dropped_loses_nothing() {
    let (client, _server) = connect::<Untyped>(Kind::Tokio, &[], |peer| {
        answer(json!({}))(peer);
        // The future is dropped before the reply, and the question is not repeated.
        let request = peer.request();
        std::thread::sleep(SHORT * 4);
        peer.reply(
            &request,
            json!([{ "id": "a", "status": "concluded", "type": "backup",
            "current-progress": 1, "total-progress": 1 }]),
        );
        answer(json!({}))(peer);
    });
    let Driver::Tokio(client) = client else { unreachable!("it was asked for") };
    runtime().block_on(async {
        let job = Job::new("a", Raw::new("blockdev-backup", json!({})));
        let mut job = client.start(job, LONG).await.expect("it starts");
        tokio::time::timeout(SHORT, job.progress()).await.expect_err("there is no reply yet");
        assert_eq!(job.progress().await.expect("a reply").expect("not the end").status, "concluded");
        job.wait().await.expect("it is dismissed");
    });
}
