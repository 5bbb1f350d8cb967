//! The table in `docs/other-crates.md`, which compares this project with the crate `qapi`: our column, with both
//! clients.
//!
//! Each row names a test in this file, and our cell must equal the test's outcome. `tests/foreign/qapi-rs` checks the
//! other columns against that crate.

use qapi_client_tests::driver::{Driver, Kind};
use qapi_client_tests::machine::{self, command};
use qapi_client_tests::process::Process;
use qapi_runtime::client::process::Starting;
use qapi_runtime::client::{AnyEvent, CommandError, Options};
use qapi_scripted_servers::{self as script, Step};
use std::process::Command;
use std::time::Duration;

const PAGE: &str = include_str!("../../../docs/other-crates.md");

/// The columns of the test's name and of our outcome.
const TEST: usize = 1;
const OURS: usize = 2;

/// Checks that the outcome with both clients is the one in the table.
fn check(test: &str, outcome: impl Fn(Kind) -> String) {
    let rows = script::table(PAGE, script::HEAD);
    let cell = format!("`{test}`");
    let row = rows.iter().find(|row| row[TEST] == cell);
    let row = row.unwrap_or_else(|| panic!("the table has no row with {cell}"));
    for kind in Kind::ALL {
        assert_eq!(row[OURS], outcome(kind), "{test}, {kind:?}");
    }
}

fn connect(kind: Kind, steps: &'static [Step]) -> Driver<machine::Schema> {
    let (socket, _server) = script::serve(steps);
    Driver::unix(kind, socket, &Options::new()).expect("it connects")
}

fn told(result: Result<machine::StatusInfo, CommandError>) -> String {
    match result {
        Ok(info) => format!("`{}`", info.status),
        Err(error) => format!("error: {error}"),
    }
}

fn status(client: &Driver<machine::Schema>) -> String {
    told(client.execute(command::QueryStatus::new()))
}

/// The names of all events until the server disconnects.
fn events(client: &Driver<machine::Schema>) -> String {
    let names: Vec<String> = client
        .events_since_connecting()
        .map(|event| {
            event.map_or_else(|error| format!("error: {error}"), |event| format!("`{}`", event.name()))
        })
        .collect();
    if names.is_empty() { "no event".to_owned() } else { names.join(", ") }
}

#[test]
fn unknown_value() {
    check("unknown_value", |kind| status(&connect(kind, script::UNKNOWN_VALUE)));
}

#[test]
fn unknown_event() {
    check("unknown_event", |kind| {
        let client = connect(kind, script::UNKNOWN_EVENT);
        format!("{}; {}", status(&client), events(&client))
    });
}

#[test]
fn unknown_member() {
    check("unknown_member", |kind| status(&connect(kind, script::UNKNOWN_MEMBER)));
}

#[test]
fn cancelled_call() {
    check("cancelled_call", |kind| {
        let client = connect(kind, script::CANCELLED);
        let given_up = client.execute_within(Duration::from_millis(50), command::QueryStatus::new());
        assert!(given_up.is_none(), "{given_up:?}");
        status(&client)
    });
}

#[test]
fn out_of_band() {
    check("out_of_band", |kind| {
        let client = connect(kind, script::OUT_OF_BAND);
        let result = client.execute_oob(command::QueryStatus::new());
        format!("compiles; {}", told(result))
    });
}

#[test]
fn early_events() {
    check("early_events", |kind| {
        let client = connect(kind, script::EARLY_EVENTS);
        let status = status(&client);
        format!("{status}; {}", events(&client))
    });
}

#[test]
fn late_replies() {
    check("late_replies", |kind| status(&connect(kind, script::LATE_REPLIES)));
}

#[test]
fn old_event() {
    check("old_event", |kind| {
        let client = connect(kind, script::OLD_EVENT);
        let status = status(&client);
        let stop = client.wait_for(|_: &machine::event::Stop| true, Duration::from_millis(50));
        format!("{status}; {}", stop.map_or("no event", |_| "`STOP`"))
    });
}

#[test]
fn later_event() {
    check("later_event", |kind| {
        let client = connect(kind, script::LATER_EVENT);
        let limit = Duration::from_secs(60);
        let stop = |_: &machine::event::Stop| true;
        let result = client.execute_and_wait(limit, command::QueryStatus::new(), stop);
        let (status, _) = result.expect("both come");
        format!("{}; `STOP`", told(Ok(status)))
    });
}

#[test]
fn dying_server() {
    check("dying_server", |kind| {
        let mut shell = Command::new("sh");
        shell.args(["-c", script::DYING, "server"]);
        match Process::<machine::Schema>::start(kind, Starting::on_stdin(shell)) {
            Ok(_) => "connected".to_owned(),
            Err(error) => format!("error: {error}"),
        }
    });
}

/// The examples in the documentation show which of the two compiles.
#[test]
fn misspelt_property() {
    let examples = include_str!("../src/lib.rs");
    assert!(
        examples.contains("```compile_fail,E0599\n    /// use qapi_client_tests::devices::VirtioRngPci;")
    );
    check("misspelt_property", |_| "does not compile (E0599)".to_owned());
}

/// This test shows that the members compile; `skew.rs` sends and receives them.
#[test]
fn keyword_members() {
    let _ = qapi_client_tests::keywords::Words::new().r#loop(1).self_(2);
    check("keyword_members", |_| "compiles".to_owned());
}

#[test]
fn vendor_names() {
    let _ = qapi_client_tests::vendor::__com_redhat_Leaf::new(1);
    check("vendor_names", |_| "compiles".to_owned());
}

#[test]
fn mutual_recursion() {
    let _ = qapi_client_tests::recursion::Fork::new(qapi_client_tests::recursion::Tree::new("leaf"));
    check("mutual_recursion", |_| "compiles".to_owned());
}

/// Every row has a test.
#[test]
fn all_rows_are_tests() {
    for row in script::table(PAGE, script::HEAD) {
        let name = row[TEST].trim_matches('`');
        let source = include_str!("compared.rs");
        assert!(source.contains(&format!("#[test]\nfn {name}() {{\n    ")), "{name} is no test here");
        assert_eq!(row.len(), 5, "{row:?}");
    }
}
