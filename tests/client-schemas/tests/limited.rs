//! A client that is limited to an access: it sends no other command, whichever way it is asked to.

use qapi_client_tests::driver::{Driver, both};
use qapi_client_tests::older::{Schema, command, event::JobChanged};
use qapi_client_tests::peer::{Peer, answer, connect};
use qapi_runtime::access::{Access, AccessError};
use qapi_runtime::client::operation::{
    Job, Migration, OperationError, OperationErrorKind, Plug, Raw, Unplug,
};
use qapi_runtime::client::{ClientSchema, CommandError, CommandErrorKind, Options, Untyped, WaitErrorKind};
use serde_json::{Value, json};
use std::thread;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(5);

/// Runs a test with each client, and expects that the server gets no command but those that it answers.
fn limited<S: ClientSchema>(server: fn(&mut Peer), access: &Access, test: impl Fn(&Driver<S>)) {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        let server = thread::spawn(move || {
            peer.negotiate(&["oob"]);
            server(&mut peer);
            peer
        });
        // A command that gets past the access fails here, since the server never answers it.
        let options = Options::new().timeout(Duration::from_secs(5));
        let client = Driver::<S>::unix(kind, socket, &options).expect("it connects");
        test(&client.limited(access).expect("known names"));
        drop(client);
        let mut peer = server.join().expect("no panic");
        assert_eq!(peer.try_request(), None);
    });
}

#[track_caller]
fn left_out<T: std::fmt::Debug>(result: Result<T, CommandError>, text: &str) {
    let error = result.expect_err("it is left out");
    assert!(matches!(error.kind, CommandErrorKind::LeftOut), "{error}");
    assert_eq!(error.to_string(), text);
}

#[track_caller]
fn operation_left_out<T: std::fmt::Debug>(result: Result<T, OperationError>, command: &str) {
    let error = result.expect_err("it is left out");
    let OperationErrorKind::Command(error) = error.kind else { panic!("{error}") };
    left_out::<()>(Err(*error), &format!("{command}: this client's access leaves it out"));
}

#[test]
fn no_way_of_sending_gets_past_it() {
    const TEXT: &str = "freeze: this client's access leaves it out";
    let test = |client: &Driver<Schema>| {
        left_out(client.execute(command::Freeze::new()), TEXT);
        left_out(client.execute_oob(command::Freeze::new()), TEXT);
        left_out(client.execute_raw("freeze", Value::Null), TEXT);
        left_out(client.execute_with_fds(vec![std::io::stdin()], command::Freeze::new()), TEXT);
        left_out(client.execute_raw_with_fds(vec![std::io::stdin()], "freeze", Value::Null), TEXT);
        left_out(client.clone().execute(command::Freeze::new()), TEXT);
        let waited = client.execute_and_wait(LONG, command::Freeze::new(), |_: &JobChanged| true);
        let WaitErrorKind::Command(error) = waited.expect_err("it is left out").kind else { panic!() };
        left_out::<()>(Err(error), TEXT);
        operation_left_out(client.start(Job::new("a", command::Freeze::new()), LONG), "freeze");
        operation_left_out(client.run(Job::new("a", Raw::new("stop", json!({}))), LONG), "stop");
        operation_left_out(client.run(Unplug::new("d"), LONG), "device_del");
        // The commands that an operation sends on its way, too.
        operation_left_out(client.run(Unplug::requested("d"), LONG), "qom-list");
        client.execute(command::QueryJobs::new()).expect("it only asks");
    };
    limited(|peer| answer(json!([]))(peer), &Access::read_only(), test);
}

#[test]
fn an_operation_that_could_not_end_does_not_begin() {
    let test = |client: &Driver<Untyped>| {
        let start = Raw::new("blockdev-add", json!({ "node-name": "n" }));
        operation_left_out(client.run(Job::new("n", start.clone()), LONG), "query-jobs");
        // What could not be undone is not added.
        let plug = Plug::new(Raw::new("device_add", json!({ "id": "d" }))).backend(start);
        operation_left_out(client.run(plug, LONG), "blockdev-del");
        let unplug = Unplug::new("d").then(Raw::new("blockdev-del", json!({ "node-name": "n" })));
        operation_left_out(client.run(unplug, LONG), "blockdev-del");
    };
    limited(|_| (), &Access::only(["blockdev-add", "device_add", "device_del", "qom-list"], []), test);
}

#[test]
fn an_untyped_client_takes_a_list() {
    let test = |client: &Driver<Untyped>| {
        let migrate = Raw::new("migrate", json!({ "uri": "tcp:h:1" }));
        client.run(Migration::new(migrate), LONG).expect("it completes");
        left_out(client.execute_raw("quit", Value::Null), "quit: this client's access leaves it out");
    };
    let access = Access::only(["migrate", "query-migrate", "query-status"], []);
    let server = |peer: &mut Peer| {
        answer(json!({}))(peer);
        answer(json!({ "status": "completed" }))(peer);
        answer(json!({ "status": "running" }))(peer);
    };
    limited(server, &access, test);
}

#[test]
fn it_asks_for_the_capabilities_all_the_same() {
    let test = |client: &Driver<Schema>| {
        assert!(!client.capabilities().expect("a reply").has_command("freeze"));
        let text = "query-qmp-schema: this client's access leaves it out";
        left_out(client.execute_raw("query-qmp-schema", Value::Null), text);
    };
    limited(|peer| answer(json!([]))(peer), &Access::only(["query-jobs"], []), test);
}

#[test]
fn a_limit_is_never_widened() {
    let test = |client: &Driver<Schema>| {
        let wider = client.limited(&Access::everything()).expect("known names");
        left_out(wider.execute(command::Freeze::new()), "freeze: this client's access leaves it out");
        let narrower = wider.limited(&Access::only(["freeze"], [])).expect("known names");
        left_out(
            narrower.execute(command::QueryJobs::new()),
            "query-jobs: this client's access leaves it out",
        );
        left_out(narrower.execute(command::Freeze::new()), "freeze: this client's access leaves it out");
    };
    limited(|_| (), &Access::read_only(), test);
}

#[test]
fn the_client_that_it_was_made_of_keeps_its_own() {
    both(|kind| {
        let (client, _server) = connect::<Schema>(kind, &[], |peer| answer(json!({}))(peer));
        let _limited = client.limited(&Access::read_only()).expect("known names");
        client.execute(command::Freeze::new()).expect("a reply");
    });
}

#[test]
fn a_name_that_the_schema_lacks_is_an_error() {
    both(|kind| {
        let (client, _server) = connect::<Schema>(kind, &[], |_| ());
        let misspelt = client.limited(&Access::read_only().with(["freze"]));
        assert_eq!(misspelt.expect_err("no such name"), AccessError::NoSuchName("freze".into()));
    });
}
