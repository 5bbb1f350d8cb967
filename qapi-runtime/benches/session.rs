//! The protocol in process: bytes in to bytes out, time and allocations.

#![allow(clippy::expect_used, missing_docs, reason = "a program that measures")]

use divan::{AllocProfiler, Bencher, counter::BytesCount};
use qapi_runtime::dispatch::{Call, Dispatch, Outcome, Tables};
use qapi_runtime::json::{Item, Parser};
use qapi_runtime::session::{Session, Settings};
use qapi_runtime::{
    Command, CommandFlags, CommandSpec, Decode, DecodeMembers, Encode, Features, Input, Members, Origin,
    Peer, Result, Schema, Writer,
};
use std::sync::Arc;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A command as generated code has it: four optional members, all enumerations.
#[derive(Debug)]
struct SetAction([Option<usize>; 4]);

const MEMBERS: [&str; 4] = ["reboot", "shutdown", "panic", "watchdog"];
const VALUES: &[&str] = &["reset", "shutdown", "poweroff", "pause", "exit-failure", "none"];

struct Value(usize);

impl Decode for Value {
    #[inline]
    fn decode(input: Input<'_>) -> Result<Value> {
        input.enum_closed(VALUES, &[]).map(Value)
    }
}

impl DecodeMembers for SetAction {
    #[inline]
    fn decode_members(members: &mut Members<'_>) -> Result<SetAction> {
        let mut values = [None; 4];
        for (value, name) in values.iter_mut().zip(MEMBERS) {
            *value = members.optional::<Value>(name)?.map(|value| value.0);
        }
        Ok(SetAction(values))
    }
}

impl Decode for SetAction {
    #[inline]
    fn decode(input: Input<'_>) -> Result<SetAction> {
        input.object(SetAction::decode_members)
    }
}

impl Encode for SetAction {
    fn encode(&self, out: &mut Writer) {
        out.object(|_| ());
    }
}

struct Protocol;

static TABLES: Tables = Tables {
    generation: 1,
    commands: &[
        CommandSpec::new("qmp_capabilities", CommandFlags::NONE, Features::NONE),
        CommandSpec::new("set-action", CommandFlags::NONE, Features::NONE),
    ],
    events: &[],
    introspection: &[],
};

impl Schema for Protocol {
    const TABLES: &'static Tables = &TABLES;
}

impl Command for SetAction {
    const SPEC: CommandSpec = TABLES.commands[1];
    type Ok = ();
    type Protocol = Protocol;
}

struct Server;

impl Dispatch for Server {
    fn tables(&self) -> &'static Tables {
        &TABLES
    }

    fn call(&self, _: usize, call: Call<'_>) -> Outcome {
        call.run::<SetAction>(|_, args| {
            divan::black_box(args.0);
            Ok(())
        })
    }
}

/// `set-action` from the bytes of the command to the bytes of the reply.
#[divan::bench]
fn set_action(bencher: Bencher) {
    let origin = Arc::new(Origin::new(1, Peer::default()));
    let mut session = Session::new(Arc::new(Settings::new(&TABLES)));
    session.receive(b"{\"execute\": \"qmp_capabilities\"}");
    let _ = session.run(&Server, &origin);
    let _ = session.take_output();
    let command =
        b"{\"execute\": \"set-action\", \"arguments\": {\"panic\": \"pause\", \"reboot\": \"reset\"}}\r\n";
    bencher.bench_local(|| {
        session.receive(command);
        let pending = session.run(&Server, &origin);
        (pending.len(), session.take_output())
    });
}

/// One message of so many tokens; the last is as many as a message may have.
#[divan::bench(args = [20_000, 200_000, 2_000_000])]
fn one_large_message(bencher: Bencher, tokens: usize) {
    // A number and a comma are two tokens.
    let text = format!("[{}0]", "0,".repeat(tokens / 2 - 2));
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut parser = Parser::new();
        parser.feed(text.as_bytes());
        matches!(parser.next(), Some(Item::Message(_)))
    });
}
