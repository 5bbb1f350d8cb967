//! Calls that are repeated, with a scripted server: those that only ask, and no others.

use qapi_client_tests::driver::{Driver, both};
use qapi_client_tests::peer::{Peer, answer, connect};
use qapi_runtime::client::{CommandErrorKind, Retry, Untyped};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

fn refuse(peer: &mut Peer, desc: &str) {
    let request = peer.request();
    peer.send(&json!({ "error": { "class": "GenericError", "desc": desc }, "id": request["id"] }));
}

/// A policy that takes refusals with this text as passing.
fn retry() -> Retry {
    Retry::new(LONG).pauses(SHORT, 2, LONG).on_refusal(|refusal| refusal.desc == "not yet")
}

#[test]
fn a_question_is_repeated_until_it_is_answered() {
    both(|kind| {
        let (client, _server) = connect::<Untyped>(kind, &[], |peer| {
            refuse(peer, "not yet");
            // No reply in time, and one that comes too late.
            let late = peer.request();
            let request = peer.request();
            peer.reply(&late, json!(1));
            peer.reply(&request, json!(2));
        });
        let started = Instant::now();
        let result = client.retry_raw(SHORT * 10, &retry(), "query-x", json!({ "a": 1 }));
        assert_eq!(result.expect("the third attempt is answered"), 2);
        assert!(started.elapsed() >= SHORT * 13, "two pauses and a time-out");
    });
}

#[test]
fn another_refusal_and_the_end_are_not() {
    both(|kind| {
        let (client, server) = connect::<Untyped>(kind, &[], |peer| {
            refuse(peer, "never");
            peer.request();
        });
        let ask = |client: &Driver<Untyped>| client.retry_raw(LONG, &retry(), "query-x", Value::Null);
        assert_eq!(ask(&client).expect_err("it is refused").to_string(), "query-x: never");
        let second = std::thread::spawn({
            let client = client.clone();
            move || client.retry_raw(LONG, &retry(), "query-x", Value::Null)
        });
        drop(server.join().expect("no panic"));
        let error = second.join().expect("no panic").expect_err("the server is gone");
        assert!(matches!(error.kind, CommandErrorKind::Gone { sent: true, .. }), "{error}");
    });
}

#[test]
fn a_command_that_may_change_something_is_not_sent() {
    both(|kind| {
        let (client, server) = connect::<Untyped>(kind, &[], |peer| answer(json!([]))(peer));
        let error =
            client.retry_raw(LONG, &retry(), "qom-list", Value::Null).expect_err("it may change something");
        assert!(matches!(error.kind, CommandErrorKind::MayChange), "{error}");
        assert_eq!(error.to_string(), "qom-list: it may change something, so it is not repeated");
        let listed = client.retry_raw(LONG, &retry().asking(["qom-list"]), "qom-list", Value::Null);
        listed.expect("it only asks");
        drop(client);
        assert_eq!(server.join().expect("no panic").try_request(), None);
    });
}

#[test]
fn the_last_error_is_told_at_the_limit() {
    both(|kind| {
        let (client, _server) = connect::<Untyped>(kind, &[], |peer| {
            while let Some(request) = peer.try_request() {
                peer.send(
                    &json!({ "error": { "class": "GenericError", "desc": "not yet" }, "id": request["id"] }),
                );
            }
        });
        let retry = Retry::new(SHORT * 4).pauses(SHORT, 1, SHORT).on_refusal(|_| true);
        let error = client.retry_raw(LONG, &retry, "query-x", Value::Null).expect_err("it is never answered");
        assert_eq!(error.to_string(), "query-x: not yet");
    });
}
