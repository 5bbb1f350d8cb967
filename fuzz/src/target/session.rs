//! The server's side of the protocol: whatever comes, the answers are lines of JSON, and equal whatever the pieces.

use super::schema::{commands, machine};
use crate::digest::Digest;
use crate::random::Random;
use qapi_runtime::json::Limits;
use qapi_runtime::session::{Dialect, Session, Settings};
use qapi_runtime::{Any, CommandFlags, Context, Error, Origin, Peer, Schema};
use qapi_runtime::{Call, Dispatch, Outcome, Tables};
use std::sync::Arc;

/// The first byte says what kind of server it is, the second how the input is cut, the rest is the input.
pub(super) fn run(input: &[u8]) -> Vec<u64> {
    let [kind, cuts, text @ ..] = input else { return Vec::new() };
    let serve = |pieces: &mut dyn Iterator<Item = &[u8]>| serve(*kind, pieces);
    let whole = serve(&mut std::iter::once(text));
    if kind & ASYNC == 0 {
        let pieces = serve(&mut cut(text, u64::from(*cuts)));
        assert!(whole == pieces, "the answers do not hang on how the input is cut");
    }
    let mut digest = Digest::new();
    digest.scope(kind);
    check(&whole, kind & PRETTY != 0, &mut digest);
    digest.finish()
}

const AGENT: u8 = 1;
const PRETTY: u8 = 2;
const PRECONFIG: u8 = 4;
const LIMITED: u8 = 8;
const ASYNC: u8 = 16;
const COMMANDS: u8 = 32;

fn serve(kind: u8, pieces: &mut dyn Iterator<Item = &[u8]>) -> Vec<u8> {
    let has = |flag| kind & flag != 0;
    let tables = if has(COMMANDS) {
        <commands::Schema as Schema>::TABLES
    } else {
        <machine::Schema as Schema>::TABLES
    };
    let mut settings = Settings::new(tables).pretty(has(PRETTY));
    settings.set_preconfig(has(PRECONFIG));
    if has(AGENT) {
        settings = settings.dialect(Dialect::Agent);
    }
    if has(LIMITED) {
        settings = settings.limits(Limits::QMP.depth(5).tokens(40).size(400));
    }
    let server = Server { tables, slow: has(ASYNC) };
    let origin = Arc::new(Origin::new(1, Peer::default()));
    let mut session = Session::new(Arc::new(settings));
    let mut waiting = Vec::new();
    let mut output = Vec::new();
    for piece in pieces {
        session.receive(piece);
        waiting.extend(session.run(&server, &origin));
        // What waits is answered one at a time, out of order.
        if let Some((ticket, _)) = waiting.pop() {
            session.finish(ticket, Ok(b"{}".to_vec()));
            waiting.extend(session.run(&server, &origin));
        }
        output.extend(session.take_output());
    }
    for (ticket, _) in waiting {
        session.finish(ticket, Err(Error::generic("it took too long")));
    }
    output.extend(session.take_output());
    output
}

/// Cuts a text into pieces of one to some bytes.
fn cut(text: &[u8], seed: u64) -> impl Iterator<Item = &[u8]> {
    let mut random = Random::new(seed);
    let longest = 1 + random.below(40);
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, behind) = rest.split_at((1 + random.below(longest)).min(rest.len()));
        rest = behind;
        Some(piece)
    })
}

fn check(output: &[u8], pretty: bool, digest: &mut Digest) {
    let text = std::str::from_utf8(output).or_else(|error| {
        // The guest agent's delimiter is the one byte that is no text.
        if output[error.valid_up_to()] == 0xff { Ok("") } else { Err(error) }
    });
    let text = text.expect("answers are text");
    assert!(text.is_ascii(), "answers are ASCII");
    if pretty || text.is_empty() {
        return digest.add_size(output.len());
    }
    digest.add_size(output.len());
    for line in text.split_terminator("\r\n") {
        let value: serde_json::Value = serde_json::from_str(line).expect("an answer is a line of JSON");
        let error = value.get("error");
        digest.add(("id", value.get("id").is_some()));
        let message = error.and_then(|error| error.get("desc")).and_then(|desc| desc.as_str());
        match message {
            Some(message) => digest.add_message(message),
            None => digest.add(value.as_object().and_then(|object| object.keys().next())),
        }
    }
}

/// Answers every command with its arguments.
struct Server {
    tables: &'static Tables,
    /// Commands that may be async are.
    slow: bool,
}

impl Dispatch for Server {
    fn tables(&self) -> &'static Tables {
        self.tables
    }

    fn call(&self, index: usize, call: Call<'_>) -> Outcome {
        let spec = &self.tables.commands[index];
        if self.slow && !spec.flags.contains(CommandFlags::ALLOW_OOB) {
            return Outcome::Pending(Box::pin(std::future::pending()));
        }
        call.run_raw(|_: &Context<'_>, arguments: Any| match arguments.get("fail") {
            Some(_) => Err(Error::generic("as told")),
            None => Ok(arguments),
        })
    }
}
