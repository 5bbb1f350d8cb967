//! The client's state machine in a session that still holds what an earlier client left: replies before the greeting
//! and after it, a negotiation that has run, and more than is skipped.

use qapi_runtime::client::protocol::{Core, Incoming};
use qapi_runtime::client::{Gone, GoneReason, Options, Request};
use qapi_runtime::json::to_string;
use qapi_runtime::session::Dialect;
use serde_json::{Value, json};

const GREETING: &str =
    "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 10}}, \"capabilities\": [\"oob\"]}}\r\n";

fn core(dialect: Dialect) -> Core {
    Core::new(dialect, &Options::new(), 7)
}

/// Passes over all items until the connection is ready or has ended. `None` while it is neither.
fn settle(core: &mut Core) -> Option<Result<(), Gone>> {
    while let Some(incoming) = core.next() {
        match incoming {
            Incoming::Ready => return Some(Ok(())),
            Incoming::Ended(reason) => return Some(Err(reason)),
            _ => {}
        }
    }
    None
}

/// The next request.
fn request(core: &mut Core) -> Value {
    let output = core.next_output().expect("a request");
    let text = output.bytes.strip_prefix(b"\xFF").unwrap_or(&output.bytes);
    serde_json::from_slice(text).expect("JSON")
}

/// Answers the negotiation, and checks that the next command gets its own reply.
fn converse(core: &mut Core) {
    let negotiation = request(core);
    assert_eq!(negotiation["execute"], "qmp_capabilities");
    core.receive(json!({ "return": {}, "id": negotiation["id"] }).to_string().as_bytes());
    assert!(matches!(settle(core), Some(Ok(()))));
    let call = core.send(Request::raw("query-name", &Value::Null).expect("a request"));
    let request = request(core);
    core.receive(json!({ "return": { "name": "x" }, "id": request["id"] }).to_string().as_bytes());
    match core.next() {
        Some(Incoming::Reply(id, Ok(value))) => {
            assert_eq!((id, &*to_string(&value)), (call, r#"{"name": "x"}"#));
        }
        other => panic!("{other:?}"),
    }
}

/// What servers have sent of an earlier client's session.
fn leftovers() -> Vec<(&'static str, String)> {
    let long = json!({ "return": vec![json!({ "name": "x".repeat(60), "parameters": ["{", "\""] }); 2_500] });
    assert!(long.to_string().len() > 236_000);
    let texts = [
        ("a reply with an id", json!({ "return": {}, "id": 1 }).to_string()),
        ("a reply with a text as its id", json!({ "return": [], "id": "qmp-7" }).to_string()),
        ("a reply without an id", json!({ "return": { "status": "running" } }).to_string()),
        ("a long reply", long.to_string()),
        ("an error", json!({ "id": 3, "error": { "class": "GenericError", "desc": "no" } }).to_string()),
        (
            "an error without an id",
            json!({ "error": { "class": "CommandNotFound", "desc": "no" } }).to_string(),
        ),
        (
            "an event",
            json!({ "event": "STOP", "timestamp": { "seconds": 1, "microseconds": 2 } }).to_string(),
        ),
    ];
    texts.map(|(name, text)| (name, format!("{text}\r\n"))).to_vec()
}

#[test]
fn whole_lines_before_the_greeting_are_skipped() {
    for (name, line) in leftovers() {
        let mut core = core(Dialect::Monitor);
        core.receive(line.as_bytes());
        assert!(settle(&mut core).is_none(), "{name}");
        core.receive(format!("{line}{line}{GREETING}").as_bytes());
        assert!(settle(&mut core).is_none(), "{name}");
        converse(&mut core);
    }
}

#[test]
fn whole_lines_after_the_greeting_are_skipped() {
    for (name, line) in leftovers() {
        let mut core = core(Dialect::Monitor);
        core.receive(format!("{GREETING}{line}").as_bytes());
        assert!(settle(&mut core).is_none(), "{name}");
        let negotiation = request(&mut core);
        core.receive(line.as_bytes());
        assert!(settle(&mut core).is_none(), "{name}");
        core.receive(json!({ "return": {}, "id": negotiation["id"] }).to_string().as_bytes());
        assert!(matches!(settle(&mut core), Some(Ok(()))), "{name}");
    }
}

/// The socket may have taken the beginning of a line when the earlier client left.
#[test]
fn the_tail_of_a_line_before_the_greeting_is_skipped() {
    let line = json!({ "return": [{ "a {b": "c \" [{ d", "e": [1, true] }], "id": 4 }).to_string();
    for cut in 1..line.len() {
        let mut core = core(Dialect::Monitor);
        core.receive(format!("{}\r\n{line}\r\n{GREETING}", &line[cut..]).as_bytes());
        assert!(settle(&mut core).is_none(), "{}", &line[cut..]);
        converse(&mut core);
    }
}

#[test]
fn a_negotiation_of_an_earlier_client_is_told_apart() {
    let mut core = core(Dialect::Monitor);
    // The earlier client's `qmp_capabilities` has run in this session.
    core.receive(format!("{GREETING}{{\"return\": {{}}, \"id\": 1}}\r\n").as_bytes());
    assert!(settle(&mut core).is_none());
    let id = request(&mut core)["id"].clone();
    let desc = "Capabilities negotiation is already complete, command ignored";
    let refusal = json!({ "id": id, "error": { "class": "CommandNotFound", "desc": desc } });
    core.receive(refusal.to_string().as_bytes());
    let Some(Err(reason)) = settle(&mut core) else { panic!("it is refused") };
    assert!(matches!(reason.reason(), GoneReason::AlreadyNegotiated), "{reason}");
}

#[test]
fn what_is_skipped_has_a_limit() {
    let line = format!("{}\r\n", json!({ "return": "x".repeat((1 << 20) - 16) }));
    for (dialect, before) in [(Dialect::Monitor, ""), (Dialect::Monitor, GREETING), (Dialect::Agent, "")] {
        let mut core = core(dialect);
        core.receive(before.as_bytes());
        for _ in 0..15 {
            core.receive(line.as_bytes());
            assert!(settle(&mut core).is_none());
        }
        core.receive(line.as_bytes());
        core.receive(line.as_bytes());
        let Some(Err(reason)) = settle(&mut core) else { panic!("it never ends") };
        assert!(reason.to_string().contains("16 MiB"), "{reason}");
    }
}

#[test]
fn an_agents_error_for_an_earlier_client_is_skipped() {
    let mut core = core(Dialect::Agent);
    let sync = request(&mut core);
    let refusal = json!({ "class": "CommandNotFound", "desc": "The command x has not been found" });
    for id in [None, Some(json!(3)), Some(json!("x"))] {
        let mut error = json!({ "error": refusal });
        if let Some(id) = id {
            error["id"] = id;
        }
        core.receive(format!("{error}\n").as_bytes());
        assert!(settle(&mut core).is_none());
    }
    core.receive(format!("\u{1}{}\n", json!({ "return": sync["arguments"]["id"] })).as_bytes());
    assert!(matches!(settle(&mut core), Some(Ok(()))));
    // Its refusal of our own command is no earlier client's.
    let mut core = self::core(Dialect::Agent);
    let sync = request(&mut core);
    core.receive(json!({ "error": refusal, "id": sync["id"] }).to_string().as_bytes());
    let Some(Err(reason)) = settle(&mut core) else { panic!("it is no agent") };
    assert!(reason.to_string().contains("no guest agent"), "{reason}");
}

#[test]
fn other_protocols_are_left_at_once() {
    for text in ["{\"hello\": 1}\r\n", "[1]\r\n", "220 mail.example ESMTP\r\n221 closing\r\n"] {
        let mut core = core(Dialect::Monitor);
        core.receive(text.as_bytes());
        assert!(matches!(settle(&mut core), Some(Err(_))), "{text}");
    }
}
