//! The rows of the table in `docs/other-crates.md` of our clients beside the crate `qapi`: its columns.
//!
//! Each row is what our own tests do with our clients, `tests/client-schemas/tests/compared.rs`: the same server says the same
//! words, or the same schema is compiled.

use crate::attempt;
use futures_util::StreamExt;
use qapi::futures::QmpStreamTokio;
use qapi::qmp::{self, Event, query_status};
use qapi::{Enum, ExecuteError, Qmp, Stream};
use qapi_scripted_servers::{self as script, Step};
use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::task::JoinHandle;

/// What came of a row, with the client on tokio and with the one that blocks.
pub struct Outcome {
    /// The name of the test that does this with our clients.
    pub test: &'static str,
    pub tokio: String,
    pub blocking: String,
}

/// The rows that are conversations: the test, the script, and what it is about.
const CONVERSATIONS: [(&str, &[Step], Wanted); 8] = [
    ("unknown_value", script::UNKNOWN_VALUE, Wanted::Call),
    ("unknown_event", script::UNKNOWN_EVENT, Wanted::CallAndEvents),
    ("unknown_member", script::UNKNOWN_MEMBER, Wanted::Call),
    ("cancelled_call", script::CANCELLED, Wanted::SecondCall),
    ("early_events", script::EARLY_EVENTS, Wanted::CallAndEvents),
    ("late_replies", script::LATE_REPLIES, Wanted::Call),
    ("old_event", script::OLD_EVENT, Wanted::CallAndNextEvent),
    ("later_event", script::LATER_EVENT, Wanted::CallAndNextEvent),
];

/// The rows that are a schema, by its name among those of our tests.
const SCHEMAS: [(&str, &str); 3] =
    [("keyword_members", "keywords"), ("vendor_names", "vendor"), ("mutual_recursion", "recursion")];

/// All rows.
pub fn all() -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = CONVERSATIONS
        .iter()
        .map(|(test, ..)| Outcome {
            test,
            tokio: process(test, "tokio"),
            blocking: process(test, "blocking"),
        })
        .collect();
    // The programs differ in the method only, so the one has to compile for the others to mean anything.
    assert_eq!(attempt::program("in_band"), "compiles");
    let [tokio, blocking] = ["out_of_band_tokio", "out_of_band_blocking"].map(attempt::program);
    outcomes.push(Outcome { test: "out_of_band", tokio, blocking });
    let [tokio, blocking] = ["tokio", "blocking"].map(|client| process("dying_server", client));
    outcomes.push(Outcome { test: "dying_server", tokio, blocking });
    outcomes.push(both("misspelt_property", attempt::program("misspelt_property")));
    // Likewise a schema without trouble.
    assert_eq!(attempt::schema("plain"), "compiles");
    outcomes.extend(SCHEMAS.iter().map(|(test, schema)| both(test, attempt::schema(schema))));
    outcomes
}

/// Runs a row in a process of its own, which may not survive it.
fn process(test: &str, client: &str) -> String {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program).args(["row", test, client]).env("RUST_BACKTRACE", "0").output();
    let output = output.expect("it starts");
    if output.status.success() {
        return String::from_utf8(output.stdout).expect("text").trim_end().to_owned();
    }
    // The text of a panic stands in the line behind its place.
    let errors = String::from_utf8_lossy(&output.stderr);
    let mut lines = errors.lines().skip_while(|line| !line.contains("panicked at"));
    let panic = lines.nth(1).unwrap_or_else(|| panic!("it failed without a panic:\n{errors}"));
    let end = if output.status.code().is_none() { "; the process aborts" } else { "" };
    format!("panics: {panic}{end}")
}

/// Runs one row in this process.
pub async fn one(test: &str, client: &str) -> String {
    if test == "dying_server" {
        return to_dying_server(client).await;
    }
    let row = CONVERSATIONS.iter().find(|(name, ..)| *name == test);
    let (_, steps, wanted) = *row.expect("there is such a row");
    match client {
        "tokio" => on_tokio(steps, wanted).await,
        _ => blocking(steps, wanted),
    }
}

/// Starts a server that ends at once, and connects to where its socket would be.
async fn to_dying_server(client: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("qmp.sock");
    let started = Command::new("sh").args(["-c", script::DYING]).stderr(Stdio::null()).status();
    assert!(!started.expect("it starts").success());
    let result = match client {
        "tokio" => QmpStreamTokio::open_uds(&socket).await.map(drop),
        _ => UnixStream::connect(&socket).map(drop),
    };
    result.map_or_else(|error| refused(&error), |()| "connected".to_owned())
}

/// Code is the same for both clients.
fn both(test: &'static str, outcome: String) -> Outcome {
    Outcome { test, tokio: outcome.clone(), blocking: outcome }
}

/// What a row is about.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    /// The result of a call.
    Call,
    /// The result of a call, and all events until the server leaves.
    CallAndEvents,
    /// The result of a call, and the first event after it.
    CallAndNextEvent,
    /// The result of a call after one that was given up.
    SecondCall,
}

/// How long a call may take that is to be given up: its reply comes only with the next one's.
const SHORT: Duration = Duration::from_millis(50);

/// Only a limit for a client that hangs.
const PATIENCE: Duration = Duration::from_secs(10);

async fn on_tokio(steps: &'static [Step], wanted: Wanted) -> String {
    let (socket, _server) = script::serve(steps);
    socket.set_nonblocking(true).expect("a socket");
    let socket = tokio::net::UnixStream::from_std(socket).expect("a socket");
    let client = match QmpStreamTokio::open(socket).await {
        Ok(client) => client,
        Err(error) => return refused(&error),
    };
    let (service, mut stream) = client.negotiate().await.expect("negotiates").into_parts();
    if wanted == Wanted::CallAndNextEvent {
        // The service answers while the stream is read.
        let call = service.execute(query_status {});
        let mut early = Vec::new();
        let status = {
            let mut call = std::pin::pin!(call);
            loop {
                tokio::select! {
                    status = &mut call => break told(status),
                    Some(Ok(event)) = stream.next() => early.push(name(&event)),
                }
            }
        };
        let event = match early.into_iter().next() {
            Some(event) => event,
            None => match tokio::time::timeout(SHORT, stream.next()).await {
                Ok(Some(Ok(event))) => name(&event),
                _ => "no event".to_owned(),
            },
        };
        return format!("{status}; {event}");
    }
    let events: JoinHandle<Vec<String>> = tokio::spawn(async move {
        let mut events = Vec::new();
        while let Some(event) = stream.next().await {
            events.push(event.map_or_else(|error| format!("error: {error}"), |event| name(&event)));
        }
        events
    });
    if wanted == Wanted::SecondCall {
        tokio::time::timeout(SHORT, service.execute(query_status {})).await.expect_err("there is no reply");
    }
    let status = tokio::time::timeout(PATIENCE, service.execute(query_status {})).await;
    let status = status.map_or_else(|_| "no reply".to_owned(), told);
    if wanted != Wanted::CallAndEvents {
        return status;
    }
    let events = tokio::time::timeout(PATIENCE, events).await.expect("the stream ends").expect("no panic");
    format!("{status}; {}", list(&events))
}

fn blocking(steps: &'static [Step], wanted: Wanted) -> String {
    let (socket, _server) = script::serve(steps);
    let reader = BufReader::new(socket.try_clone().expect("a descriptor"));
    let mut client: Qmp<Stream<BufReader<UnixStream>, UnixStream>> = Qmp::new(Stream::new(reader, socket));
    if let Err(error) = client.handshake() {
        return refused(&error);
    }
    if wanted == Wanted::SecondCall {
        // It has no time-out of its own; that of the socket is what there is.
        let socket = client.inner().get_ref_write();
        socket.set_read_timeout(Some(SHORT)).expect("a socket");
        client.execute(&query_status {}).expect_err("there is no reply");
        client.inner().get_ref_write().set_read_timeout(None).expect("a socket");
    }
    let status = told(client.execute(&query_status {}));
    if wanted == Wanted::CallAndNextEvent {
        let event = client.events().next();
        return format!("{status}; {}", event.map_or("no event".to_owned(), |event| name(&event)));
    }
    if wanted != Wanted::CallAndEvents {
        return status;
    }
    // It reads only while it waits for a reply.
    let events: Vec<String> = client.events().map(|event| name(&event)).collect();
    format!("{status}; {}", list(&events))
}

fn told(result: Result<qmp::StatusInfo, ExecuteError>) -> String {
    match result {
        Ok(info) => format!("`{}`", info.status.name()),
        // Without the list of all that would have been right, and without the place in the line.
        Err(error) => {
            let text = error.to_string();
            let text = text.split(", expected").next().unwrap_or_default();
            format!("error: {}", text.split(" at line").next().unwrap_or_default())
        }
    }
}

fn refused(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    format!("error: {}", text.split(" at line").next().unwrap_or_default())
}

fn name(event: &Event) -> String {
    let value = serde_json::to_value(event).expect("it was JSON");
    format!("`{}`", value["event"].as_str().expect("a name"))
}

fn list(events: &[String]) -> String {
    if events.is_empty() { "no event".to_owned() } else { events.join(", ") }
}
