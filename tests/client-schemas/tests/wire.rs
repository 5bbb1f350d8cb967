//! The protocol on the wire, with each client: replies in any order, abandoned calls, out-of-band execution,
//! disconnects.

use qapi_client_tests::driver::{Driver, Events, both};
use qapi_client_tests::older;
use qapi_client_tests::peer::{Peer, answer, connect};
use qapi_runtime::ErrorClass;
use qapi_runtime::client::{
    CommandError, CommandErrorKind, ConnectError, ConnectErrorKind, GoneReason, NextError, Options, Received,
};
use serde_json::{Value, json};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

#[test]
fn what_the_server_refuses_is_an_error_with_its_class() {
    both(|kind| {
        let (client, _server) = connect::<older::Schema>(kind, &[], |peer| {
            let request = peer.request();
            let error =
                json!({ "class": "CommandNotFound", "desc": "The command freeze has not been found" });
            peer.send(&json!({ "id": request["id"], "error": error }));
            let request = peer.request();
            peer.send(&json!({ "id": request["id"], "error": { "class": "NewClass", "desc": "no" } }));
        });
        let error = client.execute(older::command::Freeze::new()).expect_err("it is refused");
        assert_eq!(error.class(), Some(&ErrorClass::CommandNotFound));
        let error = client.execute(older::command::Freeze::new()).expect_err("it is refused");
        assert_eq!(error.class(), Some(&ErrorClass::Other("NewClass".into())));
        assert_eq!(error.to_string(), "freeze: no (NewClass)");
    });
}

#[test]
fn a_call_that_took_too_long_does_not_disturb_the_next() {
    both(|kind| {
        let (go, gate) = mpsc::channel();
        let (client, _server) = connect::<older::Schema>(kind, &[], move |peer| {
            let first = peer.request();
            gate.recv().expect("the client goes on");
            let second = peer.request();
            // The late reply comes first.
            peer.reply(&first, json!([{ "id": "late", "kind": "copy", "state": "idle", "target": "t" }]));
            peer.reply(&second, json!([]));
        });
        let late = client.execute_within(Duration::from_millis(20), older::command::QueryJobs::new());
        assert!(late.is_none(), "{late:?}");
        go.send(()).expect("the server waits");
        assert_eq!(client.execute(older::command::QueryJobs::new()).expect("a reply"), []);
    });
}

#[test]
fn many_calls_in_flight_are_answered_in_any_order() {
    both(|kind| {
        const CALLS: usize = 40;
        let (client, server) = connect::<older::Schema>(kind, &[], |peer| {
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
                thread::spawn(move || {
                    client.execute_raw("echo", json!({ "n": n })).expect("a reply") == json!(n)
                })
            })
            .collect();
        assert!(calls.into_iter().all(|call| call.join().expect("no panic")));
        server.join().expect("no panic");
    });
}

#[test]
fn out_of_band_is_negotiated_where_offered_and_leaves_room_for_itself() {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        let (tell, full) = mpsc::channel();
        let server = thread::spawn(move || {
            assert_eq!(peer.negotiate(&["oob", "something-new"]), json!(["oob"]));
            // The client sends at most eight in-band commands before their replies, so that this one can overtake them.
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
        let client = Driver::<older::Schema>::unix(kind, socket, &Options::new()).expect("it connects");
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
    });
}

#[test]
fn out_of_band_without_negotiation_is_an_error_of_its_own() {
    both(|kind| {
        let (client, _server) = connect::<older::Schema>(kind, &[], |_| {});
        let result = client.execute_oob(older::command::Freeze::new());
        assert!(
            matches!(result, Err(CommandError { kind: CommandErrorKind::NoOutOfBand, .. })),
            "{result:?}"
        );
        let (socket, mut peer) = Peer::pair();
        let server = thread::spawn(move || peer.negotiate(&["oob"]));
        let client = Driver::<older::Schema>::unix(kind, socket, &Options::new().out_of_band(false))
            .expect("it connects");
        assert!(!client.is_out_of_band());
        assert_eq!(server.join().expect("no panic"), Value::Null);
    });
}

#[test]
fn calls_in_flight_end_when_the_server_goes() {
    both(|kind| {
        let (client, server) = connect::<older::Schema>(kind, &[], |peer| {
            peer.request();
            peer.request();
        });
        let calls = [(); 2].map(|()| {
            let client = client.clone();
            thread::spawn(move || client.execute(older::command::Freeze::new()))
        });
        // The thread returns the server's end of the connection: dropping it disconnects the client.
        drop(server.join().expect("no panic"));
        let results = calls.map(|call| call.join().expect("no panic"));
        for result in results {
            let Err(CommandError { kind: CommandErrorKind::Gone { reason, sent: true }, .. }) = &result
            else {
                panic!("{result:?}")
            };
            assert!(matches!(reason.reason(), GoneReason::Closed), "{reason}");
        }
        let result = client.execute(older::command::Freeze::new());
        assert!(
            matches!(result, Err(CommandError { kind: CommandErrorKind::Gone { sent: false, .. }, .. })),
            "{result:?}"
        );
        assert!(client.is_closed());
    });
}

#[test]
fn a_server_that_leaves_the_protocol_is_left() {
    both(|kind| {
        let (client, _server) = connect::<older::Schema>(kind, &[], |peer| {
            peer.request();
            peer.send_bytes(b"{\"return\": ]}");
        });
        let Err(CommandError { kind: CommandErrorKind::Gone { reason, .. }, .. }) =
            client.execute(older::command::Freeze::new())
        else {
            panic!()
        };
        assert!(matches!(reason.reason(), GoneReason::Protocol(_)), "{reason}");
    });
}

#[test]
fn connecting_tells_why_it_failed() {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        let limit = Options::new().connect_timeout(Duration::from_millis(20));
        let result = Driver::<older::Schema>::unix(kind, socket, &limit);
        assert!(matches!(result, Err(ConnectError { kind: ConnectErrorKind::Timeout(_), .. })), "{result:?}");
        assert!(peer.try_request().is_none(), "the client hung up");

        let (socket, mut peer) = Peer::pair();
        peer.send(&json!({ "hello": 1 }));
        let result = Driver::<older::Schema>::unix(kind, socket, &Options::new());
        assert!(matches!(result, Err(ConnectError { kind: ConnectErrorKind::Gone(_), .. })), "{result:?}");
    });
}

#[test]
fn replies_for_a_client_before_us_are_nobodys() {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        let server = thread::spawn(move || {
            peer.send(&json!({ "QMP": { "version": {}, "capabilities": [] } }));
            // Late replies to commands of an earlier client.
            peer.send(&json!({ "return": { "left": "over" }, "id": 1 }));
            peer.send(&json!({ "return": {}, "id": "qmp-7" }));
            let request = peer.request();
            peer.reply(&request, json!({}));
            answer(json!([]))(&mut peer);
            peer
        });
        let client = Driver::<older::Schema>::unix(kind, socket, &Options::new()).expect("it connects");
        assert_eq!(client.execute(older::command::QueryJobs::new()).expect("a reply"), []);
        server.join().expect("no panic");
    });
}

/// A server that sends ten events before its reply to the first command, and another one before that to the second.
fn send_events(peer: &mut Peer) {
    for numbers in [0..10, 10..11] {
        let request = peer.request();
        numbers.for_each(|degrees| peer.event("MELTED", json!({ "degrees": degrees })));
        peer.reply(&request, json!({}));
    }
}

/// The numbers of all events until the end.
fn degrees(events: Events<older::Schema>) -> Vec<Value> {
    let number = |event: Received<older::Event>| match event.event {
        older::Event::Unknown(event) => event.data["degrees"].clone(),
        other => panic!("{other:?}"),
    };
    events.map(|event| number(event.expect("it decodes"))).collect()
}

#[test]
fn a_subscription_begins_when_it_is_made() {
    both(|kind| {
        let (client, server) = connect::<older::Schema>(kind, &[], send_events);
        client.execute(older::command::Freeze::new()).expect("a reply");
        let events = client.events();
        client.execute(older::command::Freeze::new()).expect("a reply");
        drop(server.join().expect("no panic"));
        assert_eq!(degrees(events), [10]);
    });
}

#[test]
fn events_since_connecting_are_kept_and_those_too_many_are_counted() {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        let server = thread::spawn(move || {
            peer.negotiate(&[]);
            send_events(&mut peer);
        });
        let client = Driver::<older::Schema>::unix(kind, socket, &Options::new().event_capacity(3))
            .expect("it connects");
        client.execute(older::command::Freeze::new()).expect("a reply");
        // Each subscription has them.
        let (first, mut second) = (client.events_since_connecting(), client.events_since_connecting());
        client.execute(older::command::Freeze::new()).expect("a reply");
        server.join().expect("no panic");
        assert_eq!(second.take_missed(), 8);
        assert_eq!(degrees(first), [8, 9, 10]);
        assert_eq!(degrees(second), [8, 9, 10]);
    });
}

#[test]
fn a_reader_that_is_too_slow_misses_events_and_learns_how_many() {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        let server = thread::spawn(move || {
            peer.negotiate(&[]);
            send_events(&mut peer);
        });
        let client = Driver::<older::Schema>::unix(kind, socket, &Options::new().event_capacity(3))
            .expect("it connects");
        let mut events = client.events();
        client.execute(older::command::Freeze::new()).expect("a reply");
        client.execute(older::command::Freeze::new()).expect("a reply");
        server.join().expect("no panic");
        assert_eq!(events.take_missed(), 8);
        assert_eq!(degrees(events), [8, 9, 10]);
    });
}

#[test]
fn arguments_that_have_no_json_are_not_sent() {
    both(|kind| {
        let (client, _server) = connect::<older::Schema>(kind, &[], |_| {});
        let result = client.execute_raw("x", json!([1]));
        assert!(
            matches!(result, Err(CommandError { kind: CommandErrorKind::Arguments(_), .. })),
            "{result:?}"
        );
    });
}

#[test]
fn what_the_server_has_is_asked_once() {
    both(|kind| {
        let (client, server) = connect::<older::Schema>(kind, &[], |peer| {
            let request = peer.request();
            assert_eq!(request["execute"], "query-qmp-schema");
            peer.reply(&request, json!([{ "name": "freeze", "meta-type": "command", "arg-type": "0" }]));
            let request = peer.request();
            assert_eq!(request["execute"], "freeze");
            peer.reply(&request, json!({}));
        });
        assert!(client.has::<older::command::Freeze>().expect("an answer"));
        assert!(!client.has::<older::command::Start>().expect("an answer"));
        client.execute(older::command::Freeze::new()).expect("a reply");
        server.join().expect("no panic");
        // The capabilities stay available after the server has gone.
        assert!(client.capabilities().expect("an answer").has_command("freeze"));
    });
}

#[test]
fn the_server_sees_the_end_while_clones_are_kept() {
    both(|kind| {
        let (client, server) = connect::<older::Schema>(kind, &[], |peer| {
            assert!(peer.try_request().is_none(), "the client hung up");
        });
        let clone = client.clone();
        client.close();
        server.join().expect("no panic");
        assert!(clone.is_closed());
        let error = clone.execute(older::command::Freeze::new()).expect_err("it is closed");
        assert!(
            matches!(error, CommandError { kind: CommandErrorKind::Gone { sent: false, .. }, .. }),
            "{error}"
        );
    });
    // The same when the server violates the protocol.
    both(|kind| {
        let (client, server) = connect::<older::Schema>(kind, &[], |peer| {
            peer.send_bytes(b"]");
            assert!(peer.try_request().is_none(), "the client hung up");
        });
        server.join().expect("no panic");
        assert!(client.is_closed());
    });
}

#[test]
fn requests_that_the_server_takes_slowly_go_out_in_order() {
    const LENGTH: usize = 1 << 20;
    both(|kind| {
        let (client, server) = connect::<older::Schema>(kind, &[], |peer| {
            for _ in 0..8 {
                let request = peer.request();
                assert_eq!(request["arguments"]["text"].as_str().map(str::len), Some(LENGTH));
                let number = request["arguments"]["n"].clone();
                peer.reply(&request, number);
            }
        });
        thread::scope(|scope| {
            for n in 0..8 {
                let client = &client;
                scope.spawn(move || {
                    let arguments = json!({ "n": n, "text": "x".repeat(LENGTH) });
                    assert_eq!(client.execute_raw("echo", arguments).expect("a reply"), json!(n));
                });
            }
        });
        server.join().expect("no panic");
    });
}

#[test]
fn a_wait_for_an_event_tells_a_time_out_from_the_end_and_the_end_its_reason() {
    both(|kind| {
        let (go, gate) = mpsc::channel::<()>();
        let (client, server) = connect::<older::Schema>(kind, &[], move |peer| {
            gate.recv().expect("the client goes on");
            peer.event("JOB_CHANGED", json!({ "id": 1 }));
        });
        let (limit, long) = (Duration::from_millis(10), Duration::from_secs(60));
        let mut events = client.events();
        assert!(events.ended().is_none());
        let late = events.next_within(limit);
        assert!(matches!(late, Err(NextError::Timeout(told)) if told == limit), "{late:?}");
        go.send(()).expect("the server waits");
        let event = events.next_within(long);
        assert!(matches!(event, Err(NextError::Event(_))), "{event:?}");
        drop(server.join().expect("no panic"));
        let Err(NextError::Gone(reason)) = events.next_within(long) else { panic!("it has ended") };
        assert!(matches!(reason.reason(), GoneReason::Closed), "{reason}");
        assert!(events.next().is_none());
        let reason = events.ended().expect("it has ended");
        assert!(matches!(reason.reason(), GoneReason::Closed), "{reason}");
        // A subscription that begins after the end has its reason, too.
        assert!(client.events().ended().is_some());
    });
}
