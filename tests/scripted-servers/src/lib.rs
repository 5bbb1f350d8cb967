//! Servers that follow a script, so that clients of any make meet the same words; and the table in `docs/other-crates.md`
//! that tells what comes of it.

use serde_json::{Value, json};
use std::io::{self, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};

/// What a server does next.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Waits for the next request, which is for this command.
    Await(&'static str),
    /// Waits for the next request, which is for this command, out-of-band.
    AwaitUrgent(&'static str),
    /// Sends this.
    Say(&'static str),
    /// Greets and negotiates. A script without this step begins with it.
    Greet,
    /// Answers the request of this number, counted from 0, with this.
    Answer(usize, &'static str),
}

use Step::{Answer, Await, AwaitUrgent, Greet, Say};

/// What a server says first that offers out-of-band execution.
pub const GREETING: &str = r#"{"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 10}, "package": ""}, "capabilities": ["oob"]}}"#;

/// The status that a well-known server would tell.
const PAUSED: &str = r#"{"running": false, "status": "paused"}"#;

const RESUME: &str = r#"{"event": "RESUME", "timestamp": {"seconds": 1, "microseconds": 2}}"#;
const STOP: &str = r#"{"event": "STOP", "timestamp": {"seconds": 1, "microseconds": 2}}"#;
const NEW_EVENT: &str =
    r#"{"event": "MOON_ROSE", "data": {"phase": 3}, "timestamp": {"seconds": 1, "microseconds": 2}}"#;

/// A reply with a value that no schema has.
pub const UNKNOWN_VALUE: &[Step] =
    &[Await("query-status"), Answer(1, r#"{"running": false, "status": "hibernated"}"#)];

/// A reply with a member that no schema has.
pub const UNKNOWN_MEMBER: &[Step] =
    &[Await("query-status"), Answer(1, r#"{"running": false, "status": "paused", "mood": {"good": true}}"#)];

/// An event that no schema has, one that all have, and a reply.
pub const UNKNOWN_EVENT: &[Step] = &[Await("query-status"), Say(NEW_EVENT), Say(STOP), Answer(1, PAUSED)];

/// Two requests for the same, answered when both are there, differently: for a client that gives up the first.
pub const CANCELLED: &[Step] = &[
    Await("query-status"),
    Await("query-status"),
    Answer(1, r#"{"running": true, "status": "running"}"#),
    Answer(2, PAUSED),
];

/// A request out-of-band.
pub const OUT_OF_BAND: &[Step] = &[AwaitUrgent("query-status"), Answer(1, PAUSED)];

/// Events before there was any other reply than to the negotiation.
pub const EARLY_EVENTS: &[Step] = &[Say(RESUME), Await("query-status"), Say(STOP), Answer(1, PAUSED)];

/// Replies to the client before this one, which died.
pub const LATE_REPLIES: &[Step] = &[
    Say(r#"{"return": {"running": true, "status": "running"}, "id": 0}"#),
    Say(STOP),
    Say(r#"{"return": {}, "id": 1}"#),
    Greet,
    Await("query-status"),
    Answer(1, PAUSED),
];

/// An event, and then none until the client leaves.
pub const OLD_EVENT: &[Step] = &[Say(STOP), Await("query-status"), Answer(1, PAUSED), Await("no more")];

/// An event behind the reply, and then nothing until the client leaves.
pub const LATER_EVENT: &[Step] = &[Await("query-status"), Answer(1, PAUSED), Say(STOP), Await("no more")];

/// A shell's script that ends at its start, as a server with a wrong option does.
pub const DYING: &str = "echo \"server: -wrong: invalid option\" >&2; exit 1";

/// A server that follows `steps`, and leaves when the client does or when it is through.
///
/// # Panics
///
/// In its thread, when the client asks for something else than the script says.
#[must_use]
pub fn serve(steps: &'static [Step]) -> (UnixStream, JoinHandle<()>) {
    let (near, far) = UnixStream::pair().expect("a pair of sockets");
    let server = thread::spawn(move || {
        let greets = steps.iter().any(|step| matches!(step, Greet));
        let start: &[Step] = if greets { &[] } else { &[Greet] };
        follow(&far, start.iter().chain(steps).flat_map(Step::parts));
        // It hangs up with nothing unread, so that the client meets an end and no broken connection.
        let _ = far.shutdown(Shutdown::Write);
        let _ = io::copy(&mut &far, &mut io::sink());
    });
    (near, server)
}

impl Step {
    /// The steps that this one stands for.
    fn parts(&self) -> impl Iterator<Item = Step> {
        let start: &[Step] = match self {
            Greet => &[Say(GREETING), Await("qmp_capabilities"), Answer(0, "{}")],
            step => std::slice::from_ref(step),
        };
        start.iter().copied()
    }
}

fn follow(stream: &UnixStream, steps: impl Iterator<Item = Step>) {
    let mut incoming = serde_json::Deserializer::from_reader(stream).into_iter::<Value>();
    let mut requests: Vec<Value> = Vec::new();
    for step in steps {
        match step {
            Greet => unreachable!("it stands for others"),
            Await(command) | AwaitUrgent(command) => {
                let Some(Ok(request)) = incoming.next() else { return };
                let key = if matches!(step, AwaitUrgent(_)) { "exec-oob" } else { "execute" };
                assert_eq!(request[key], command, "{request}");
                requests.push(request);
            }
            Say(line) => say(stream, line),
            Answer(number, value) => {
                let mut reply = json!({ "return": serde_json::from_str::<Value>(value).expect("JSON") });
                // Servers say whose reply it is only to those who say who they are.
                if let Some(id) = requests[number].get("id") {
                    reply["id"] = id.clone();
                }
                say(stream, &reply.to_string());
            }
        }
    }
}

fn say(mut stream: &UnixStream, line: &str) {
    // The client may have left, which is what the row is about then.
    let _ = stream.write_all(format!("{line}\r\n").as_bytes());
}

/// The page's table as rows of cells, without its head.
///
/// # Panics
///
/// There is no table that begins so.
#[must_use]
pub fn table<'p>(page: &'p str, head: &str) -> Vec<Vec<&'p str>> {
    let lines = page.lines().skip_while(|line| !line.starts_with(head));
    let rows: Vec<Vec<&str>> = lines
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    assert!(!rows.is_empty(), "there is no table that begins with {head}");
    rows
}

/// How the table begins.
pub const HEAD: &str = "| what the client meets |";
