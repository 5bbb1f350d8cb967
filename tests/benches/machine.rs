//! Each stage between a command's bytes and its reply's, with the code generated from the example machine's schema.

#![allow(clippy::expect_used, missing_docs, reason = "a program that measures")]

#[path = "../tests/machine_handlers/mod.rs"]
mod machine_handlers;

use divan::{AllocProfiler, Bencher};
use qapi_runtime::json::{Item, Parser};
use qapi_runtime::session::{Session, Settings};

use qapi_runtime::{Call, Context, Decode, Dispatch, Encode, Input, Mode, Origin, Output, Peer, keyval};
use qapi_tests::machine::command::SetAction;
use qapi_tests::machine::{RunState, StatusInfo};
use std::sync::Arc;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

const SET_ACTION: &str =
    r#"{"execute": "set-action", "arguments": {"panic": "pause", "reboot": "shutdown"}, "id": 7}"#;
const STATUS: &str = r#"{"execute": "query-status"}"#;
const SCHEMA: &str = r#"{"execute": "query-qmp-schema"}"#;
const ARGUMENTS: &str = r#"{"panic": "pause", "reboot": "shutdown"}"#;

fn main() {
    divan::main();
}

/// From bytes to bytes: the state machine with everything below.
#[divan::bench(args = [SET_ACTION, STATUS, SCHEMA])]
fn session(bencher: Bencher, command: &str) {
    let dispatcher = machine_handlers::dispatcher();
    let origin = Arc::new(Origin::new(1, Peer::default()));
    let mut session = Session::new(Arc::new(Settings::new(dispatcher.tables())));
    session.receive(b"{\"execute\": \"qmp_capabilities\"}");
    let _ = session.run(&dispatcher, &origin);
    let _ = session.take_output();
    bencher.bench_local(|| {
        session.receive(command.as_bytes());
        let pending = session.run(&dispatcher, &origin);
        (pending.len(), session.take_output())
    });
}

/// From bytes to a tree.
#[divan::bench]
fn parse(bencher: Bencher) {
    let mut parser = Parser::new();
    bencher.bench_local(|| {
        parser.feed(SET_ACTION.as_bytes());
        matches!(parser.next(), Some(Item::Message(_)))
    });
}

/// From a tree to the arguments.
#[divan::bench]
fn decode(bencher: Bencher) {
    with_arguments(|input| bencher.bench_local(|| SetAction::decode(input).expect("they are right")));
}

/// From a tree to the encoded return value: finding the handler, decoding, the handler, encoding.
#[divan::bench]
fn dispatch(bencher: Bencher) {
    let dispatcher = machine_handlers::dispatcher();
    let index = dispatcher.tables().find("set-action").expect("it is in the schema");
    let origin = Arc::new(Origin::new(1, Peer::default()));
    let context = Context::new(&origin);
    with_arguments(|input| {
        bencher.bench_local(|| dispatcher.call(index, Call::new(&context, input)));
    });
}

/// From a value to bytes.
#[divan::bench]
fn encode(bencher: Bencher) {
    let status = StatusInfo::new(true, RunState::Running);
    bencher.bench_local(|| {
        let mut out = Output::new();
        status.encode(&mut out);
        out.finish()
    });
}

/// From a command line's option to the arguments.
#[divan::bench]
fn key_values(bencher: Bencher) {
    bencher
        .bench_local(|| keyval::decode::<SetAction>("panic=pause,reboot=shutdown").expect("they are right"));
}

fn with_arguments(bench: impl FnOnce(Input<'_>)) {
    let mut parser = Parser::new();
    parser.feed(ARGUMENTS.as_bytes());
    let Some(Item::Message(message)) = parser.next() else { panic!("it is whole") };
    bench(Input::new(message.value(), Mode::Strict));
}
