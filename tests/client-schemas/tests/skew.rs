//! Each client with a server of another version than its schema; troublesome names and types.

use qapi_client_tests::driver::both;
use qapi_client_tests::peer::{Peer, answer, connect};
use qapi_client_tests::{keywords, names, older, recursion, vendor};
use qapi_runtime::Encode;
use qapi_runtime::Output;
use qapi_runtime::client::{AnyEvent, CommandError, CommandErrorKind, NextError};
use serde_json::{Value, json};
use std::time::Duration;

fn encoded(value: &impl Encode) -> Value {
    let mut out = Output::new();
    value.encode(&mut out);
    serde_json::from_slice(&out.finish().expect("it is written")).expect("JSON")
}

/// Replies with an argument of the command.
fn echo(name: &'static str, argument: &'static str) -> impl FnOnce(&mut Peer) {
    move |peer| {
        let request = peer.request();
        assert_eq!(request["execute"], name);
        peer.reply(&request, request["arguments"][argument].clone());
    }
}

#[test]
fn unknown_values_members_and_branches_of_a_reply_are_kept_or_passed_over() {
    both(|kind| {
        let jobs = json!([
            { "id": "a", "kind": "copy", "state": "frozen", "speed": 7, "target": "t", "new": { "x": [1] } },
            { "id": "b", "kind": "burn", "state": "idle", "heat": 3 },
        ]);
        let (client, _server) = connect::<older::Schema>(kind, &[], answer(jobs));
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
        // Unknown values and branches encode as they were received.
        assert_eq!(encoded(&jobs[0])["state"], "frozen");
        assert_eq!(encoded(&jobs[1]), json!({ "id": "b", "kind": "burn", "state": "idle", "heat": 3 }));
    });
}

#[test]
fn what_is_missing_or_of_another_shape_is_named_by_its_path() {
    both(|kind| {
        let cases = [
            (json!([{ "id": "a", "kind": "copy", "state": "idle" }]), "[0].target"),
            (json!([{ "id": "a", "kind": "copy", "state": "idle", "target": "t" }, { "id": 1 }]), "[1].id"),
            (json!([{ "id": "a", "kind": "copy", "state": 5, "target": "t" }]), "[0].state"),
            (json!({}), ""),
        ];
        for (reply, path) in cases {
            let (client, _server) = connect::<older::Schema>(kind, &[], move |peer| {
                answer(reply)(peer);
                answer(json!([]))(peer);
            });
            match client.execute(older::command::QueryJobs::new()) {
                Err(CommandError { kind: CommandErrorKind::Reply(error), .. }) => {
                    assert_eq!(error.path(), path)
                }
                other => panic!("{path}: {other:?}"),
            }
            // The connection still works.
            assert!(client.execute(older::command::QueryJobs::new()).is_ok());
        }
    });
}

#[test]
fn unknown_events_are_kept_and_malformed_ones_do_not_end_the_stream() {
    both(|kind| {
        let (client, _server) = connect::<older::Schema>(kind, &[], |peer| {
            // Before any reply, and before the client subscribes to events.
            peer.event("MELTED", json!({ "degrees": 1000 }));
            peer.event("JOB_CHANGED", json!({ "id": "a" }));
            peer.event("JOB_CHANGED", json!({ "id": "a", "state": "frozen", "speed": 1 }));
            answer(json!({}))(peer);
        });
        client.execute(older::command::Freeze::new()).expect("a reply behind the events");
        let mut events = client.events_since_connecting();
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
        let none = events.next_within(Duration::from_millis(1));
        assert!(matches!(none, Err(NextError::Timeout(_))), "{none:?}");
        client.close();
        assert!(events.next().is_none());
    });
}

#[test]
fn members_named_by_keywords() {
    both(|kind| {
        let (client, _server) = connect::<keywords::Schema>(kind, &[], |peer| {
            echo("say", "words")(peer);
            peer.event("SAID", json!({ "type": 1 }));
        });
        let words = keywords::Words::new().r#type(1).r#loop(2).self_(3).crate_(4).r#try(5);
        assert_eq!(encoded(&words), json!({ "type": 1, "loop": 2, "self": 3, "crate": 4, "try": 5 }));
        let said = client.execute(keywords::command::Say::new(words.clone())).expect("a reply");
        assert_eq!(said, words);
        let event = client.events_since_connecting().next().expect("an event").expect("it decodes");
        let keywords::Event::Said(event) = &event.event else { panic!("{event:?}") };
        assert_eq!(event.r#type, 1);
    });
}

#[test]
fn names_of_a_vendor() {
    both(|kind| {
        let (client, _server) = connect::<vendor::Schema>(kind, &[], |peer| {
            echo("__com.redhat_grow", "leaf")(peer);
            peer.event("__com.redhat_GROWN", json!({ "__com.redhat_size": 2 }));
        });
        let leaf = vendor::__com_redhat_Leaf::new(7);
        assert_eq!(encoded(&leaf), json!({ "__com.redhat_size": 7 }));
        let grown = client.execute(vendor::command::__com_redhat_Grow::new(leaf.clone())).expect("a reply");
        assert_eq!(grown, leaf);
        let event = client.events_since_connecting().next().expect("an event").expect("it decodes");
        assert_eq!(event.name(), "__com.redhat_GROWN");
    });
}

#[test]
fn types_that_contain_each_other() {
    both(|kind| {
        let (client, _server) = connect::<recursion::Schema>(kind, &[], echo("graft", "tree"));
        let leaf = recursion::Tree::new("leaf");
        let tree = recursion::Tree::new("root").fork(recursion::Fork::new(leaf.clone()).right(leaf));
        let grafted = client.execute(recursion::command::Graft::new(tree.clone())).expect("a reply");
        assert_eq!(grafted, tree);
        assert_eq!(grafted.fork.as_ref().expect("a fork").left.name, "leaf");
    });
}

#[test]
fn a_command_and_an_event_of_one_name() {
    both(|kind| {
        let (client, _server) = connect::<names::Schema>(kind, &[], |peer| {
            peer.event("STOP", json!({}));
            answer(json!({}))(peer);
        });
        client.execute(names::command::Stop::new()).expect("a reply");
        let event = client.events_since_connecting().next().expect("an event").expect("it decodes");
        assert!(matches!(event.event, names::Event::Stop(_)));
    });
}
