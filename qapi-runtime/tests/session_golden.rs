//! Conversations recorded from a real QEMU, held with the state machine: those that need no command of QEMU's that a stub
//! cannot play.

mod session_stub;

use qapi_runtime::json;
use qapi_runtime::session::{self, Session, Settings, Ticket};
use qapi_runtime::{Origin, Outcome, Result};
use qapi_test_support::recording::{Recording, Step, is_same, show};
use session_stub::{Server, TABLES};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Recordings whose names begin so are held.
const GROUPS: &[&str] = &["env-", "greeting", "id-", "json-", "neg-", "oob-"];

/// Recordings that are not held, with the reason. Each has to exist.
const NOT_HELD: &[(&str, &str)] = &[
    ("greeting-pretty", "replies on several lines: held by the tests of the monitor"),
    ("greeting-two-monitors", "needs two listeners"),
    ("id-on-command-error", "needs a command that fails as QEMU's does"),
    ("json-token-size-single", "64 MiB: takes too long without optimisation"),
    ("json-tokens-2097153", "2 million tokens: takes too long without optimisation"),
];

/// Where our answer is another one, with the reason. Each has to be needed.
const DIFFERENCES: &[(&str, &str)] = &[
    ("env-execute-number-and-arguments-list", "of several faults the first in the order sent is named"),
    ("env-unknown-and-arguments-list", "of several faults the first in the order sent is named"),
    ("env-unknown-and-execute-number", "of several faults the first in the order sent is named"),
    ("env-unknown-members", "of several faults the first in the order sent is named"),
    ("neg-again-bad-arguments", "elements are named by their index, not as null"),
    ("neg-enable-case", "elements are named by their index, not as null"),
    ("neg-enable-element-empty", "elements are named by their index, not as null"),
    ("neg-enable-oob-and-unknown", "elements are named by their index, not as null"),
];

#[test]
fn holds_the_recorded_conversations() {
    let Some(folder) = qapi_test_support::conformance_data("golden/qmp") else { return };
    let recordings = Recording::read_folder(&folder).expect("recordings");
    let mut unused: Vec<&str> = NOT_HELD.iter().chain(DIFFERENCES).map(|(name, _)| *name).collect();
    let mut failures = Vec::new();
    let (mut held, mut different) = (0, 0);
    for recording in &recordings {
        let name = &recording.name;
        let listed = |list: &[(&str, &str)]| list.iter().any(|(other, _)| other == name);
        if !GROUPS.iter().any(|group| name.starts_with(group)) {
            continue;
        }
        if listed(NOT_HELD) {
            unused.retain(|other| other != name);
            continue;
        }
        held += 1;
        let whole = hold(recording, usize::MAX);
        if let Err(fault) = whole.as_ref().map_err(String::clone).and_then(|talk| {
            // One byte at a time gives the same bytes.
            let pieces = if talk.sent > 20_000 { 997 } else { 1 };
            match hold(recording, pieces) {
                Ok(other) if other.output == talk.output => Ok(()),
                Ok(_) => Err("other output for other pieces".to_owned()),
                Err(fault) => Err(fault),
            }
        }) {
            if listed(DIFFERENCES) {
                different += 1;
                unused.retain(|other| other != name);
            } else {
                failures.push(format!("{name}: {fault}"));
            }
        }
    }
    eprintln!(
        "{held} conversations held, {different} with a known difference, {} not held: {NOT_HELD:?}",
        NOT_HELD.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(unused.is_empty(), "no longer needed: {unused:?}");
    assert!(held > 100, "too few recordings");
}

struct Talk {
    sent: usize,
    output: Vec<u8>,
}

/// A client's session, and the command that waits for the recording to unblock it.
struct Client {
    session: Session,
    blocked: Option<Ticket>,
}

/// Holds a conversation with input in pieces of this size.
fn hold(recording: &Recording, piece: usize) -> Result<Talk, String> {
    let mut clients: BTreeMap<(usize, &str), Client> = BTreeMap::new();
    let mut talk = Talk { sent: 0, output: Vec::new() };
    for (index, step) in recording.steps.iter().enumerate() {
        let key = (step.socket, step.connection.as_str());
        if step.connect {
            let session = Session::new(Arc::new(Settings::new(&TABLES)));
            clients.insert(key, Client { session, blocked: None });
        }
        let client = clients.get_mut(&key).ok_or("a step without a connection")?;
        talk.sent += step.send.len();
        for part in step.send.chunks(piece) {
            client.session.receive(part);
            client.step();
        }
        if step.unblock {
            let ticket = client.blocked.take().ok_or("nothing is blocked")?;
            client.session.finish(ticket, Ok(b"{}".to_vec()));
        }
        client.step();
        if step.close || step.shutdown_write {
            client.session.close();
        }
        let output = client.session.take_output();
        compare(&output, step).map_err(|fault| format!("step {index}: {fault}"))?;
        talk.output.extend_from_slice(&output);
    }
    Ok(talk)
}

impl Client {
    fn step(&mut self) {
        let server = Server::default();
        server.gate.open();
        loop {
            match self.session.step() {
                session::Step::Idle => return,
                session::Step::Answered => {}
                session::Step::Run(request) => {
                    let (ticket, outcome) = request.run(&server, &Arc::new(Origin::default()));
                    let Outcome::Ready(result) = outcome else { unreachable!("none is async") };
                    if ticket.name() == "blockdev-add" {
                        self.blocked = Some(ticket);
                    } else {
                        self.session.finish(ticket, result);
                    }
                }
            }
        }
    }
}

fn compare(output: &[u8], step: &Step) -> Result<(), String> {
    let text = std::str::from_utf8(output).map_err(|_| "output is not ASCII".to_owned())?;
    let lines: Vec<&str> = text.split_terminator("\r\n").collect();
    if lines.len() != step.replies.len() {
        return Err(format!("{} replies instead of {}: {text:.2000}", lines.len(), step.replies.len()));
    }
    let mut left: Vec<_> = step.replies.iter().collect();
    for line in lines {
        let reply = json::parse(line).map_err(|fault| format!("{fault} in {line:.500}"))?;
        // A reply that was no JSON has a text that is not ours.
        let is_expected = |other: &&Option<_>| other.as_ref().is_none_or(|other| is_same(&reply, other));
        // Here only the replies to what a fifo held up come in another order than in QEMU.
        let place = if step.unblock && step.unordered {
            left.iter().position(is_expected)
        } else {
            left.first().filter(|other| is_expected(other)).map(|_| 0)
        };
        let Some(place) = place else {
            let expected = left[0].as_ref().map_or("what is no JSON".to_owned(), show);
            return Err(format!("{}\n    instead of {expected}", show(&reply)));
        };
        left.remove(place);
    }
    Ok(())
}
