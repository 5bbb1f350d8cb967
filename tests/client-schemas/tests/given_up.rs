//! What is given up, by its limit or by dropping it: each call, wait, stream and operation of both clients leaves
//! nothing behind that disturbs the next one, as the documentation of the module `client` says.

use qapi_client_tests::driver::{Driver, Kind, both, runtime};
use qapi_client_tests::older::command::{Freeze, QueryJobs};
use qapi_client_tests::older::{Schema, event::JobChanged};
use qapi_client_tests::peer::{Peer, answer, connect};
use qapi_runtime::client::operation::{Job, OperationErrorKind, Raw};
use qapi_runtime::client::{
    CommandError, CommandErrorKind, ConnectErrorKind, GoneReason, Options, Retry, WaitErrorKind,
};
use qapi_runtime::client::{asynchronous, blocking};
use serde_json::{Value, json};
use std::thread;
use std::time::Duration;
use tokio::time::timeout;

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

/// Both clients can be cloned and shared, and what they return can be moved to another thread or task.
const _: () = {
    const fn shared<T: Clone + Send + Sync + 'static>() {}
    const fn moved<T: Send + 'static>() {}
    shared::<blocking::Client<Schema>>();
    shared::<asynchronous::Client<Schema>>();
    moved::<blocking::Events<Schema>>();
    moved::<asynchronous::Events<Schema>>();
    moved::<blocking::Running<Schema, qapi_runtime::client::operation::JobSteps>>();
    moved::<asynchronous::Running<Schema, qapi_runtime::client::operation::JobSteps>>();
    moved::<blocking::Call<'static, Schema>>();
    moved::<asynchronous::Call<'static, Schema>>();
};

fn tokio_client(client: &Driver<Schema>) -> asynchronous::Client<Schema> {
    let Driver::Tokio(client) = client else { unreachable!("it was asked for") };
    client.clone()
}

/// Runs a test with a client on tokio, and a server that answers each command only after it has got the next one.
fn late(test: impl AsyncFnOnce(asynchronous::Client<Schema>)) {
    let (client, server) = connect::<Schema>(Kind::Tokio, &["oob"], |peer| {
        let first = peer.request();
        let second = peer.request();
        // Late, and of another type than the second reply.
        peer.reply(&first, json!("late"));
        peer.reply(&second, json!([]));
    });
    runtime().block_on(async {
        let client = tokio_client(&client);
        test(client.clone()).await;
        assert_eq!(client.execute(QueryJobs::new()).await.expect("its own reply"), []);
    });
    drop(client);
    assert_eq!(server.join().expect("no panic").try_request(), None);
}

#[test]
fn a_call_that_is_dropped_leaves_its_reply_to_nothing() {
    late(async |client| {
        timeout(SHORT, client.execute(Freeze::new())).await.expect_err("no reply");
    });
    late(async |client| {
        timeout(SHORT, client.execute_oob(Freeze::new())).await.expect_err("no reply");
    });
    late(async |client| {
        timeout(SHORT, client.execute_raw("x", Value::Null)).await.expect_err("no reply");
    });
    late(async |client| {
        timeout(SHORT, client.capabilities()).await.expect_err("no reply");
    });
    late(async |client| {
        let wait = client.execute_and_wait(Freeze::new(), |_: &JobChanged| true);
        timeout(SHORT, wait).await.expect_err("no reply");
    });
    late(async |client| {
        let job = Job::new("a", Raw::new("x", json!({})));
        timeout(SHORT, client.start(job, LONG)).await.expect_err("no reply");
    });
    late(async |client| {
        let retry = Retry::new(LONG);
        let call = client.call().retry(&retry).execute(QueryJobs::new());
        timeout(SHORT, call).await.expect_err("no reply");
    });
}

#[test]
fn a_future_that_is_never_polled_sends_nothing() {
    let (client, server) = connect::<Schema>(Kind::Tokio, &[], |_| ());
    drop(tokio_client(&client).execute(Freeze::new()));
    drop(tokio_client(&client).call());
    drop(client);
    assert_eq!(server.join().expect("no panic").try_request(), None);
}

#[test]
fn a_command_that_was_not_sent_never_is() {
    both(|kind| {
        // With out-of-band execution, a client sends eight commands ahead of their replies.
        let (client, server) = connect::<Schema>(kind, &["oob"], |peer| {
            let requests: Vec<Value> = (0..8).map(|_| peer.request()).collect();
            thread::sleep(SHORT * 6);
            requests.iter().for_each(|request| peer.reply(request, json!([])));
            let request = peer.request();
            assert_eq!(request["execute"], "query-jobs");
            peer.reply(&request, json!([]));
        });
        thread::scope(|scope| {
            let calls = (0..8).map(|_| scope.spawn(|| client.execute(QueryJobs::new())));
            let calls: Vec<_> = calls.collect();
            thread::sleep(SHORT * 2);
            assert!(client.execute_within(SHORT, Freeze::new()).is_none(), "it has no room");
            client.execute(QueryJobs::new()).expect("a reply");
            calls.into_iter().for_each(|call| drop(call.join().expect("no panic").expect("a reply")));
        });
        drop(client);
        assert_eq!(server.join().expect("no panic").try_request(), None);
    });
}

#[test]
fn each_way_of_sending_has_the_limit_of_its_call() {
    both(|kind| {
        let (client, _server) =
            connect::<Schema>(kind, &["oob"], |peer| while peer.try_request().is_some() {});
        let timed_out = |result: Result<(), CommandError>| {
            let error = result.expect_err("no reply");
            assert!(matches!(error.kind, CommandErrorKind::Timeout(SHORT)), "{error}");
        };
        match &client {
            Driver::Blocking(client) => {
                timed_out(client.with_timeout(SHORT).execute(Freeze::new()));
                timed_out(client.with_timeout(SHORT).execute_oob(Freeze::new()));
                timed_out(client.with_timeout(SHORT).execute_raw("x", Value::Null).map(drop));
            }
            Driver::Tokio(client) => runtime().block_on(async {
                timed_out(client.with_timeout(SHORT).execute(Freeze::new()).await);
                timed_out(client.with_timeout(SHORT).execute_oob(Freeze::new()).await);
                timed_out(client.with_timeout(SHORT).execute_raw("x", Value::Null).await.map(drop));
            }),
        }
        let job = Job::new("a", Raw::new("x", json!({})));
        let error = client.start(job, SHORT).expect_err("no reply");
        let OperationErrorKind::Command(error) = error.kind else { panic!("{error}") };
        timed_out(Err(*error));
        let error = client.execute_and_wait(SHORT, Freeze::new(), |_: &JobChanged| true);
        let WaitErrorKind::Command(error) = error.expect_err("no reply").kind else { panic!() };
        timed_out(Err(error));
    });
}

#[test]
fn capabilities_that_did_not_come_in_time_are_asked_for_again() {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        let server = thread::spawn(move || {
            peer.negotiate(&[]);
            let late = peer.request();
            let again = peer.request();
            peer.reply(&late, json!("late"));
            peer.reply(&again, json!([{ "name": "freeze", "meta-type": "command" }]));
            peer
        });
        let options = Options::new().timeout(SHORT * 4);
        let client = Driver::<Schema>::unix(kind, socket, &options).expect("it connects");
        let error = client.capabilities().expect_err("no reply");
        assert!(matches!(error.kind, CommandErrorKind::Timeout(_)), "{error}");
        let _ = client.capabilities().expect("a reply");
        server.join().expect("no panic");
    });
}

#[test]
fn a_pause_that_is_dropped_sends_nothing_further() {
    let (client, server) = connect::<Schema>(Kind::Tokio, &[], |peer| {
        let request = peer.request();
        let error = json!({ "class": "GenericError", "desc": "not yet" });
        peer.send(&json!({ "error": error, "id": request["id"] }));
    });
    let retry = Retry::new(LONG).pauses(SHORT * 4, 1, LONG).on_refusal(|_| true);
    runtime().block_on(async {
        let client = tokio_client(&client);
        let call = client.call().retry(&retry).execute(QueryJobs::new());
        timeout(SHORT * 2, call).await.expect_err("it pauses");
        tokio::time::sleep(SHORT * 4).await;
    });
    drop(client);
    assert_eq!(server.join().expect("no panic").try_request(), None);
}

#[test]
fn a_wait_that_is_dropped_takes_no_event_from_others() {
    let (client, _server) = connect::<Schema>(Kind::Tokio, &[], |peer| {
        answer(json!({}))(peer);
        peer.event("JOB_CHANGED", json!({ "id": "b", "state": "idle" }));
    });
    runtime().block_on(async {
        let client = tokio_client(&client);
        let mut events = client.events();
        let dropped = client.events();
        timeout(SHORT, client.wait_for(|_: &JobChanged| true, LONG)).await.expect_err("none came");
        timeout(SHORT, events.next()).await.expect_err("none came");
        timeout(SHORT, events.next_within(LONG)).await.expect_err("none came");
        drop(dropped);
        client.execute(Freeze::new()).await.expect("a reply");
        events.next_within(LONG).await.expect("the event");
    });
}

#[test]
fn an_operation_that_is_dropped_sends_nothing_further() {
    both(|kind| {
        let (client, server) = connect::<Schema>(kind, &[], |peer| answer(json!({}))(peer));
        drop(client.start(Job::new("a", Raw::new("x", json!({}))), LONG).expect("it starts"));
        drop(client);
        assert_eq!(server.join().expect("no panic").try_request(), None);
    });
}

#[test]
fn the_last_clone_ends_the_connection_and_its_subscriptions() {
    both(|kind| {
        let (client, server) = connect::<Schema>(kind, &[], |_| ());
        let mut events = client.events();
        let clone = client.clone();
        drop(client);
        assert!(events.ended().is_none() && !clone.is_closed());
        drop(clone);
        assert!(events.next().is_none());
        assert!(matches!(events.ended().expect("it has ended").reason(), GoneReason::Local));
        assert_eq!(server.join().expect("no panic").try_request(), None);
    });
}

#[test]
fn a_connection_that_is_not_ready_in_time_is_closed() {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        let options = Options::new().connect_timeout(SHORT);
        let error = Driver::<Schema>::unix(kind, socket, &options).expect_err("no greeting");
        assert!(matches!(error.kind, ConnectErrorKind::Timeout(_)), "{error}");
        assert_eq!(peer.try_request(), None);
    });
    let (socket, mut peer) = Peer::pair();
    runtime().block_on(async {
        socket.set_nonblocking(true).expect("a socket");
        let socket = tokio::net::UnixStream::from_std(socket).expect("a socket");
        let options = Options::new();
        let client = asynchronous::Client::<Schema>::unix(socket, &options);
        timeout(SHORT, client).await.expect_err("no greeting");
    });
    assert_eq!(peer.try_request(), None);
}
