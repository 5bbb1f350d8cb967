//! A server of another version than the client's schema; names and shapes that are trouble; what goes on on the wire.

use qapi_client_tests::peer::Peer;
use qapi_client_tests::{keywords, names, older, recursion, vendor};
use qapi_runtime::client::blocking::Client;
use qapi_runtime::client::{AnyEvent, ClientSchema, CommandError, ConnectError, GoneReason, Options};
use qapi_runtime::json::Writer;
use qapi_runtime::{Encode, ErrorClass};
use serde_json::{Value, json};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Connects a client to a server that does as `server` says.
fn connect<S: ClientSchema>(
    offered: &'static [&'static str],
    server: impl FnOnce(&mut Peer) + Send + 'static,
) -> (Client<S>, JoinHandle<Peer>) {
    let (socket, mut peer) = Peer::pair();
    let server = thread::spawn(move || {
        peer.negotiate(offered);
        server(&mut peer);
        peer
    });
    (Client::unix(socket, &Options::new()).expect("it connects"), server)
}

/// Answers the next request.
fn answer(value: Value) -> impl FnOnce(&mut Peer) {
    move |peer| {
        let request = peer.request();
        peer.reply(&request, value);
    }
}

fn encoded(value: &impl Encode) -> Value {
    let mut out = Writer::new();
    value.encode(&mut out);
    serde_json::from_slice(&out.finish().expect("it is written")).expect("JSON")
}

#[test]
fn unknown_values_members_and_branches_of_a_reply_are_kept_or_passed_over() {
    let jobs = json!([
        { "id": "a", "kind": "copy", "state": "frozen", "speed": 7, "target": "t", "new": { "x": [1] } },
        { "id": "b", "kind": "burn", "state": "idle", "heat": 3 },
    ]);
    let (client, _server) = connect::<older::Schema>(&[], answer(jobs));
    let jobs = client.execute(older::command::QueryJobs::new()).expect("it decodes");
    // Known values match as they do on a closed type.
    match (&jobs[1].state, &jobs[0].kind) {
        (older::State::Idle, older::JobBranch::Copy(copy)) => assert_eq!(copy.target, "t"),
        other => panic!("{other:?}"),
    }
    assert_eq!(jobs[0].state, older::State::Unknown("frozen".into()));
    assert_eq!(jobs[0].state.to_string(), "frozen");
    let older::JobBranch::Unknown(branch) = &jobs[1].kind else { panic!("{jobs:?}") };
    assert_eq!((&branch.kind[..], branch.members.get("heat")), ("burn", Some(&3i64.into())));
    // And go back as they came.
    assert_eq!(encoded(&jobs[0])["state"], "frozen");
    assert_eq!(encoded(&jobs[1]), json!({ "id": "b", "kind": "burn", "state": "idle", "heat": 3 }));
}

#[test]
fn what_is_missing_or_of_another_shape_is_named_by_its_path() {
    let cases = [
        (json!([{ "id": "a", "kind": "copy", "state": "idle" }]), "[0].target"),
        (json!([{ "id": "a", "kind": "copy", "state": "idle", "target": "t" }, { "id": 1 }]), "[1].id"),
        (json!([{ "id": "a", "kind": "copy", "state": 5, "target": "t" }]), "[0].state"),
        (json!({}), ""),
    ];
    for (reply, path) in cases {
        let (client, _server) = connect::<older::Schema>(&[], move |peer| {
            answer(reply)(peer);
            answer(json!([]))(peer);
        });
        match client.execute(older::command::QueryJobs::new()) {
            Err(CommandError::Reply(error)) => assert_eq!(error.path(), path),
            other => panic!("{path}: {other:?}"),
        }
        // The connection is none the worse.
        assert!(client.execute(older::command::QueryJobs::new()).is_ok());
    }
}

#[test]
fn unknown_events_are_kept_and_malformed_ones_do_not_end_the_stream() {
    let (client, _server) = connect::<older::Schema>(&[], |peer| {
        // Before any reply, and before anybody asked for events.
        peer.event("MELTED", json!({ "degrees": 1000 }));
        peer.event("JOB_CHANGED", json!({ "id": "a" }));
        peer.event("JOB_CHANGED", json!({ "id": "a", "state": "frozen", "speed": 1 }));
        answer(json!({}))(peer);
    });
    client.execute(older::command::Freeze::new()).expect("a reply behind the events");
    let mut events = client.events();
    let unknown = events.next().expect("an event").expect("it decodes");
    let older::Event::Unknown(event) = &unknown.event else { panic!("{unknown:?}") };
    assert_eq!((&event.name[..], &event.data), ("MELTED", &json!({ "degrees": 1000 })));
    assert_eq!((unknown.timestamp.seconds, unknown.timestamp.microseconds), (1_700_000_000, 5));
    let fault = events.next().expect("an event").expect_err("a member is missing");
    assert_eq!((&fault.name[..], &fault.error.path()[..]), ("JOB_CHANGED", "state"));
    let changed = events.next().expect("an event").expect("it decodes");
    assert_eq!(changed.name(), "JOB_CHANGED");
    let older::Event::JobChanged(event) = &changed.event else { panic!("{changed:?}") };
    assert_eq!(event.state, older::State::Unknown("frozen".into()));
    assert!(events.next_within(Duration::from_millis(1)).is_none());
    client.close();
    assert!(events.next().is_none());
}

#[test]
fn what_the_server_refuses_is_an_error_with_its_class() {
    let (client, _server) = connect::<older::Schema>(&[], |peer| {
        let request = peer.request();
        let error = json!({ "class": "CommandNotFound", "desc": "The command freeze has not been found" });
        peer.send(&json!({ "id": request["id"], "error": error }));
        let request = peer.request();
        peer.send(&json!({ "id": request["id"], "error": { "class": "NewClass", "desc": "no" } }));
    });
    let error = client.execute(older::command::Freeze::new()).expect_err("it is refused");
    assert_eq!(error.class(), Some(&ErrorClass::CommandNotFound));
    let error = client.execute(older::command::Freeze::new()).expect_err("it is refused");
    assert_eq!(error.class(), Some(&ErrorClass::Other("NewClass".into())));
    assert_eq!(error.to_string(), "no (NewClass)");
}

#[test]
fn a_call_that_took_too_long_does_not_disturb_the_next() {
    let (go, gate) = mpsc::channel();
    let (client, _server) = connect::<older::Schema>(&[], move |peer| {
        let first = peer.request();
        gate.recv().expect("the client goes on");
        let second = peer.request();
        // The late reply comes first.
        peer.reply(&first, json!([{ "id": "late", "kind": "copy", "state": "idle", "target": "t" }]));
        peer.reply(&second, json!([]));
    });
    let late = client.with_timeout(Duration::from_millis(20)).execute(older::command::QueryJobs::new());
    assert!(matches!(late, Err(CommandError::Timeout(_))), "{late:?}");
    go.send(()).expect("the server waits");
    assert_eq!(client.execute(older::command::QueryJobs::new()).expect("a reply"), []);
}

#[test]
fn many_calls_in_flight_are_answered_in_any_order() {
    const CALLS: usize = 40;
    let (client, server) = connect::<older::Schema>(&[], |peer| {
        let mut requests: Vec<Value> = (0..CALLS).map(|_| peer.request()).collect();
        requests.reverse();
        for request in requests {
            let echo = request["arguments"]["n"].clone();
            peer.reply(&request, echo);
        }
    });
    let calls: Vec<_> = (0..CALLS)
        .map(|n| {
            let client = client.clone();
            thread::spawn(move || client.execute_raw("echo", json!({ "n": n })).expect("a reply") == json!(n))
        })
        .collect();
    assert!(calls.into_iter().all(|call| call.join().expect("no panic")));
    server.join().expect("no panic");
}

#[test]
fn out_of_band_is_negotiated_where_offered_and_leaves_room_for_itself() {
    let (socket, mut peer) = Peer::pair();
    let (tell, full) = mpsc::channel();
    let server = thread::spawn(move || {
        assert_eq!(peer.negotiate(&["oob", "something-new"]), json!(["oob"]));
        // No more than eight in-band commands come before they are answered, so that this one can overtake them.
        let waiting: Vec<Value> = (0..8).map(|_| peer.request()).collect();
        tell.send(()).expect("the client waits");
        let urgent = peer.request();
        assert_eq!(urgent["exec-oob"], "query-jobs");
        peer.reply(&urgent, json!([]));
        waiting.iter().for_each(|request| peer.reply(request, json!(null)));
        for _ in 8..20 {
            answer(json!(null))(&mut peer);
        }
    });
    let client = Client::<older::Schema>::unix(socket, &Options::new()).expect("it connects");
    assert!(client.is_out_of_band());
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            thread::spawn(move || client.execute_raw("slow", Value::Null))
        })
        .collect();
    full.recv().expect("the server has eight");
    assert_eq!(client.execute_oob(older::command::QueryJobs::new()).expect("a reply"), []);
    assert!(calls.into_iter().all(|call| call.join().expect("no panic").is_ok()));
    server.join().expect("no panic");
}

#[test]
fn out_of_band_without_negotiation_is_an_error_of_its_own() {
    let (client, _server) = connect::<older::Schema>(&[], |_| {});
    let result = client.execute_oob(older::command::Freeze::new());
    assert!(matches!(result, Err(CommandError::NoOutOfBand)), "{result:?}");
    let (socket, mut peer) = Peer::pair();
    let server = thread::spawn(move || peer.negotiate(&["oob"]));
    let client =
        Client::<older::Schema>::unix(socket, &Options::new().out_of_band(false)).expect("it connects");
    assert!(!client.is_out_of_band());
    assert_eq!(server.join().expect("no panic"), Value::Null);
}

#[test]
fn calls_in_flight_end_when_the_server_goes() {
    let (client, server) = connect::<older::Schema>(&[], |peer| {
        peer.request();
        peer.request();
    });
    let calls = [(); 2].map(|()| {
        let client = client.clone();
        thread::spawn(move || client.execute(older::command::Freeze::new()))
    });
    // The server's end of the connection is in what its thread returns.
    drop(server.join().expect("no panic"));
    let results = calls.map(|call| call.join().expect("no panic"));
    for result in results {
        let Err(CommandError::Gone { reason, sent: true }) = &result else { panic!("{result:?}") };
        assert!(matches!(reason.reason(), GoneReason::Closed), "{reason}");
    }
    let result = client.execute(older::command::Freeze::new());
    assert!(matches!(result, Err(CommandError::Gone { sent: false, .. })), "{result:?}");
    assert!(client.is_closed());
}

#[test]
fn a_server_that_leaves_the_protocol_is_left() {
    let (client, _server) = connect::<older::Schema>(&[], |peer| {
        peer.request();
        peer.send_bytes(b"{\"return\": ]}");
    });
    let Err(CommandError::Gone { reason, .. }) = client.execute(older::command::Freeze::new()) else {
        panic!()
    };
    assert!(matches!(reason.reason(), GoneReason::Protocol(_)), "{reason}");
}

#[test]
fn connecting_tells_why_it_failed() {
    let (socket, mut peer) = Peer::pair();
    let limit = Options::new().connect_timeout(Duration::from_millis(20));
    let result = Client::<older::Schema>::unix(socket, &limit);
    assert!(matches!(result, Err(ConnectError::Timeout(_))), "{result:?}");
    assert!(peer.try_request().is_none(), "the client hung up");

    let (socket, mut peer) = Peer::pair();
    peer.send(&json!({ "hello": 1 }));
    let result = Client::<older::Schema>::unix(socket, &Options::new());
    assert!(matches!(result, Err(ConnectError::Gone(_))), "{result:?}");
}

#[test]
fn replies_for_a_client_before_us_are_nobodys() {
    let (socket, mut peer) = Peer::pair();
    let server = thread::spawn(move || {
        peer.send(&json!({ "QMP": { "version": {}, "capabilities": [] } }));
        // A command of the one before us has only now come to its end.
        peer.send(&json!({ "return": { "left": "over" }, "id": 1 }));
        peer.send(&json!({ "return": {}, "id": "qmp-7" }));
        let request = peer.request();
        peer.reply(&request, json!({}));
        answer(json!([]))(&mut peer);
        peer
    });
    let client = Client::<older::Schema>::unix(socket, &Options::new()).expect("it connects");
    assert_eq!(client.execute(older::command::QueryJobs::new()).expect("a reply"), []);
    server.join().expect("no panic");
}

/// A command comes back as its reply.
fn echo(name: &'static str, argument: &'static str) -> impl FnOnce(&mut Peer) {
    move |peer| {
        let request = peer.request();
        assert_eq!(request["execute"], name);
        peer.reply(&request, request["arguments"][argument].clone());
    }
}

#[test]
fn members_named_by_keywords() {
    let (client, _server) = connect::<keywords::Schema>(&[], |peer| {
        echo("say", "words")(peer);
        peer.event("SAID", json!({ "type": 1 }));
    });
    let words = keywords::Words::new().r#type(1).r#loop(2).self_(3).crate_(4).r#try(5);
    assert_eq!(encoded(&words), json!({ "type": 1, "loop": 2, "self": 3, "crate": 4, "try": 5 }));
    let said = client.execute(keywords::command::Say::new(words.clone())).expect("a reply");
    assert_eq!(said, words);
    let event = client.events().next().expect("an event").expect("it decodes");
    let keywords::Event::Said(event) = &event.event else { panic!("{event:?}") };
    assert_eq!(event.r#type, 1);
}

#[test]
fn names_of_a_vendor() {
    let (client, _server) = connect::<vendor::Schema>(&[], |peer| {
        echo("__com.redhat_grow", "leaf")(peer);
        peer.event("__com.redhat_GROWN", json!({ "__com.redhat_size": 2 }));
    });
    let leaf = vendor::__com_redhat_Leaf::new(7);
    assert_eq!(encoded(&leaf), json!({ "__com.redhat_size": 7 }));
    let grown = client.execute(vendor::command::__com_redhat_Grow::new(leaf.clone())).expect("a reply");
    assert_eq!(grown, leaf);
    let event = client.events().next().expect("an event").expect("it decodes");
    assert_eq!(event.name(), "__com.redhat_GROWN");
}

#[test]
fn types_that_contain_each_other() {
    let (client, _server) = connect::<recursion::Schema>(&[], echo("graft", "tree"));
    let leaf = recursion::Tree::new("leaf");
    let tree = recursion::Tree::new("root").fork(recursion::Fork::new(leaf.clone()).right(leaf));
    let grafted = client.execute(recursion::command::Graft::new(tree.clone())).expect("a reply");
    assert_eq!(grafted, tree);
    assert_eq!(grafted.fork.as_ref().expect("a fork").left.name, "leaf");
}

#[test]
fn a_command_and_an_event_of_one_name() {
    let (client, _server) = connect::<names::Schema>(&[], |peer| {
        peer.event("STOP", json!({}));
        answer(json!({}))(peer);
    });
    client.execute(names::command::Stop::new()).expect("a reply");
    let event = client.events().next().expect("an event").expect("it decodes");
    assert!(matches!(event.event, names::Event::Stop(_)));
}

#[test]
fn events_that_nobody_reads_are_counted() {
    let (socket, mut peer) = Peer::pair();
    let server = thread::spawn(move || {
        peer.negotiate(&[]);
        for degrees in 0..10 {
            peer.event("MELTED", json!({ "degrees": degrees }));
        }
        answer(json!({}))(&mut peer);
    });
    let client =
        Client::<older::Schema>::unix(socket, &Options::new().event_capacity(3)).expect("it connects");
    client.execute(older::command::Freeze::new()).expect("a reply");
    let mut events = client.events();
    assert_eq!(events.take_missed(), 7);
    let first = events.next().expect("an event").expect("it decodes");
    let older::Event::Unknown(event) = &first.event else { panic!() };
    assert_eq!(event.data["degrees"], 7);
    server.join().expect("no panic");
}

#[test]
fn arguments_that_have_no_json_are_not_sent() {
    let (client, _server) = connect::<older::Schema>(&[], |_| {});
    let result = client.execute_raw("x", json!([1]));
    assert!(matches!(result, Err(CommandError::Arguments(_))), "{result:?}");
}
