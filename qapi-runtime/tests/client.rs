//! The client's state machine as a plain function: fragments, orders, ends.

use qapi_runtime::client::protocol::{CallId, Cancelled, Core, Failure, Incoming};
use qapi_runtime::client::{GoneReason, Options, Request};
use qapi_runtime::json::to_string;
use qapi_runtime::session::Dialect;
use serde_json::{Value, json};

const GREETING: &[u8] = br#"{"QMP": {"version": {"qemu": {"major": 9}}, "capabilities": ["oob"]}}"#;

/// A connection that is ready.
fn ready(out_of_band: bool) -> Core {
    let mut core = Core::new(Dialect::Monitor, &Options::new().out_of_band(out_of_band), 1);
    core.receive(GREETING);
    drain(&mut core);
    let negotiation = sent(&mut core);
    core.receive(json!({ "return": {}, "id": negotiation[0]["id"] }).to_string().as_bytes());
    assert_eq!(drain(&mut core), ["ready"]);
    core
}

/// Everything that came, as text.
fn drain(core: &mut Core) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(incoming) = core.next() {
        all.push(match incoming {
            Incoming::Handled => continue,
            Incoming::Ready => "ready".to_owned(),
            Incoming::Reply(_, Ok(value)) => to_string(&value),
            Incoming::Reply(_, Err(Failure::Refused(refusal))) => refusal.to_string(),
            Incoming::Reply(_, Err(Failure::Gone { sent, .. })) => format!("gone, sent: {sent}"),
            Incoming::Event(event) => event.name,
            Incoming::Ended(reason) => reason.to_string(),
        });
    }
    all
}

/// Everything that is to be written, as requests.
fn sent(core: &mut Core) -> Vec<Value> {
    let mut bytes = Vec::new();
    while let Some(output) = core.next_output() {
        bytes.extend(output.bytes);
    }
    serde_json::Deserializer::from_slice(&bytes).into_iter().map(|request| request.expect("JSON")).collect()
}

fn call(core: &mut Core, name: &str) -> CallId {
    core.send(Request::raw(name, &Value::Null).expect("a request"))
}

fn reply(core: &mut Core, request: &Value, value: Value) {
    core.receive(json!({ "return": value, "id": request["id"] }).to_string().as_bytes());
}

#[test]
fn one_byte_at_a_time() {
    let mut core = ready(false);
    call(&mut core, "a");
    let request = sent(&mut core);
    let text = format!("{{\"event\": \"E\"}}\r\n{}", json!({ "return": [1], "id": request[0]["id"] }));
    let all: Vec<String> = text
        .bytes()
        .flat_map(|byte| {
            core.receive(&[byte]);
            drain(&mut core)
        })
        .collect();
    assert_eq!(all, ["E", "[1]"]);
}

#[test]
fn replies_in_any_order_and_all_in_one_piece() {
    let mut core = ready(false);
    for name in ["a", "b", "c"] {
        call(&mut core, name);
    }
    let requests = sent(&mut core);
    for request in requests.iter().rev() {
        reply(&mut core, request, request["execute"].clone());
    }
    assert_eq!(drain(&mut core), ["\"c\"", "\"b\"", "\"a\""]);
}

#[test]
fn a_cancelled_call_is_not_sent_or_its_reply_is_thrown_away() {
    let mut core = ready(false);
    let first = call(&mut core, "first");
    let requests = sent(&mut core);
    let second = call(&mut core, "second");
    call(&mut core, "third");
    assert_eq!(core.cancel(first), Cancelled::Sent);
    assert_eq!(core.cancel(second), Cancelled::Unsent);
    assert_eq!(core.cancel(second), Cancelled::Over);
    let rest = sent(&mut core);
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0]["execute"], "third");
    reply(&mut core, &requests[0], json!(1));
    reply(&mut core, &rest[0], json!(3));
    assert_eq!(drain(&mut core), ["3"]);
}

#[test]
fn an_answer_without_an_id_is_that_of_the_oldest_call() {
    let mut core = ready(false);
    call(&mut core, "a");
    call(&mut core, "b");
    let requests = sent(&mut core);
    core.receive(br#"{"error": {"class": "GenericError", "desc": "what?"}}"#);
    reply(&mut core, &requests[1], json!(2));
    assert_eq!(drain(&mut core), ["what?", "2"]);
}

#[test]
fn out_of_band_goes_first_and_eight_others_ahead_of_their_replies() {
    let mut core = ready(true);
    for _ in 0..10 {
        call(&mut core, "slow");
    }
    let first = sent(&mut core);
    assert_eq!(first.len(), 8);
    core.send(Request::raw("urgent", &Value::Null).expect("a request").out_of_band(true));
    let urgent = sent(&mut core);
    assert_eq!((urgent.len(), &urgent[0]["exec-oob"]), (1, &json!("urgent")));
    reply(&mut core, &first[0], json!(0));
    drain(&mut core);
    assert_eq!(sent(&mut core).len(), 1);
}

#[test]
fn the_end_ends_every_call() {
    let mut core = ready(false);
    call(&mut core, "sent");
    sent(&mut core);
    call(&mut core, "waiting");
    core.close(GoneReason::Closed);
    let end = "the server closed the connection";
    assert_eq!(drain(&mut core), [end, "gone, sent: true", "gone, sent: false"]);
    call(&mut core, "late");
    assert_eq!(drain(&mut core), ["gone, sent: false"]);
    core.receive(b"{\"event\": \"E\"}");
    assert!(drain(&mut core).is_empty() && core.next_output().is_none());
}

#[test]
fn rubbish_ends_the_connection_and_never_panics() {
    for rubbish in ["1 ", "{}", "{\"event\": 1}", "@", "{\"return\": }", "[]", "\u{1}"] {
        let mut core = ready(false);
        call(&mut core, "a");
        sent(&mut core);
        core.receive(rubbish.as_bytes());
        let all = drain(&mut core);
        assert!(all[0].starts_with("the server left the protocol: "), "{rubbish}: {all:?}");
        assert_eq!(all[1], "gone, sent: true", "{rubbish}");
    }
}
