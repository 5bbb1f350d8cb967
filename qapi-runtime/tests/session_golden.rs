//! Conversations recorded from a real QEMU, held with the state machine: those that need no command of QEMU's that a stub
//! cannot play.

mod session_stub;

use qapi_runtime::json::{self, Object, Value};
use qapi_runtime::session::{Session, Settings, Step, Ticket};
use qapi_runtime::{Origin, Outcome, Result};
use session_stub::{Server, TABLES};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

type Json = serde_json::Value;

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
    let Some(files) = recordings() else { return };
    let mut unused: Vec<&str> = NOT_HELD.iter().chain(DIFFERENCES).map(|(name, _)| *name).collect();
    let mut failures = Vec::new();
    let (mut held, mut different) = (0, 0);
    for (name, recording) in &files {
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

fn recordings() -> Option<BTreeMap<String, Json>> {
    let folder = qapi_test_support::conformance_data("golden/qmp")?;
    let entries = std::fs::read_dir(&folder).expect("readable");
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a recording");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        (name, serde_json::from_str(&text).expect("JSON"))
    };
    Some(entries.map(|entry| read(entry.expect("an entry").path())).collect())
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
fn hold(recording: &Json, piece: usize) -> Result<Talk, String> {
    let mut clients: BTreeMap<String, Client> = BTreeMap::new();
    let mut talk = Talk { sent: 0, output: Vec::new() };
    // The racy replies are those of the step that lets the queue run.
    let racy = recording["unordered"].is_array();
    for (index, step) in recording["steps"].as_array().expect("steps").iter().enumerate() {
        let key = format!("{}/{}", step["sock"], step["conn"]);
        if step["connect"] == true {
            let session = Session::new(Arc::new(Settings::new(&TABLES)));
            clients.insert(key.clone(), Client { session, blocked: None });
        }
        let client = clients.get_mut(&key).ok_or("a step without a connection")?;
        let bytes = bytes_of(step);
        talk.sent += bytes.len();
        for part in bytes.chunks(piece.min(bytes.len()).max(1)) {
            client.session.receive(part);
            client.step();
        }
        if step["unblock"] == true {
            let ticket = client.blocked.take().ok_or("nothing is blocked")?;
            client.session.finish(ticket, Ok(b"{}".to_vec()));
        }
        client.step();
        if step["close"] == true || step["shutdown_write"] == true {
            client.session.close();
        }
        let output = client.session.take_output();
        compare(&output, step, racy && step["unblock"] == true)
            .map_err(|fault| format!("step {index}: {fault}"))?;
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
                Step::Idle => return,
                Step::Answered => {}
                Step::Run(request) => {
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

fn bytes_of(step: &Json) -> Vec<u8> {
    if let Some(hex) = step["send_hex"].as_str() {
        let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
        (0..hex.len()).step_by(2).map(digit).collect()
    } else if step["send_rle"].is_array() {
        run_length(&step["send_rle"]).into_bytes()
    } else {
        step["send"].as_str().unwrap_or_default().as_bytes().to_vec()
    }
}

fn run_length(runs: &Json) -> String {
    let runs: Vec<(String, usize)> = serde_json::from_value(runs.clone()).expect("runs");
    runs.iter().map(|(text, times)| text.repeat(*times)).collect()
}

fn compare(output: &[u8], step: &Json, unordered: bool) -> Result<(), String> {
    let text = std::str::from_utf8(output).map_err(|_| "output is not ASCII".to_owned())?;
    let lines: Vec<&str> = text.split_terminator("\r\n").collect();
    let mut expected: Vec<Option<Value<'static>>> = Vec::new();
    for reply in step["replies"].as_array().into_iter().flatten() {
        match &reply["$times"] {
            Json::Array(times) => {
                let count = usize::try_from(times[0].as_u64().expect("a count")).expect("small");
                expected.extend(std::iter::repeat_n(Some(expand(&times[1])), count));
            }
            // A reply that was no JSON; the text is not ours.
            _ if reply.is_null() => expected.push(None),
            _ => expected.push(Some(expand(reply))),
        }
    }
    if lines.len() != expected.len() {
        return Err(format!("{} replies instead of {}: {text:.2000}", lines.len(), expected.len()));
    }
    let mut replies = Vec::new();
    for line in lines {
        replies.push(json::parse(line).map_err(|fault| format!("{fault} in {line:.500}"))?);
    }
    if unordered {
        let mut left = expected;
        for reply in &replies {
            let place = left.iter().position(|other| other.as_ref().is_none_or(|other| same(reply, other)));
            left.remove(place.ok_or_else(|| format!("not expected: {reply:.500?}"))?);
        }
        return Ok(());
    }
    for (reply, expected) in replies.iter().zip(expected) {
        if let Some(expected) = expected
            && !same(reply, &expected)
        {
            return Err(format!("{reply:.500?}\n    instead of {expected:.500?}"));
        }
    }
    Ok(())
}

/// Equal, where numbers count by value: a recorded one was printed anew, ours is as it was sent.
fn same(ours: &Value<'_>, theirs: &Value<'_>) -> bool {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().all(|(name, value)| theirs.get(name).is_some_and(|other| same(value, other)))
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| same(a, b))
        }
        _ => match (number(ours), number(theirs)) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => ours == theirs,
        },
    }
}

fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::UInt(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

/// Resolves the short forms of the recordings.
fn expand(short: &Json) -> Value<'static> {
    match short {
        Json::Array(elements) => Value::Array(elements.iter().map(expand).collect()),
        Json::Object(members) => {
            if let Some(runs) = members.get("$rle") {
                return Value::String(run_length(runs).into());
            }
            if let Some(depth) = members.get("$nest").and_then(Json::as_u64) {
                return (1..depth).fold(Value::Array(Vec::new()), |inner, _| Value::Array(vec![inner]));
            }
            if let Some(list) = members.get("$list") {
                let count = usize::try_from(list[1].as_u64().expect("a count")).expect("small");
                return Value::Array(vec![expand(&list[0]); count]);
            }
            let mut object = Object::new();
            for (name, value) in members {
                object.push(name.clone(), expand(value));
            }
            Value::Object(object)
        }
        scalar => json::parse(&scalar.to_string()).expect("JSON"),
    }
}
