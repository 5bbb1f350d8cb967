//! The state machine, driven as a plain function.

mod session_stub;

use qapi_runtime::clock::Moment;
use qapi_runtime::monitor::Record;
use qapi_runtime::policy::{InputPolicy, OutputPolicy, Policy};
use qapi_runtime::session::{Dialect, Session, Settings, Step, Ticket};
use qapi_runtime::{Origin, Outcome, Version};
use session_stub::{Server, TABLES};
use std::sync::Arc;

fn settings() -> Settings {
    Settings::new(&TABLES).version(Version::new(1, 2, 3).package("p"))
}

/// A session that has said its greeting.
fn open(settings: Settings) -> Session {
    let mut session = Session::new(Arc::new(settings));
    drop(session.take_output());
    session
}

/// Feeds a session and returns what it says, without line ends.
fn talk(session: &mut Session, input: &str) -> Vec<String> {
    session.receive(input.as_bytes());
    let pending = session.run(&Server::default(), &Arc::default());
    assert!(pending.is_empty(), "nothing here is async");
    said(session)
}

fn said(session: &mut Session) -> Vec<String> {
    let output = String::from_utf8(session.take_output()).expect("ASCII");
    let lines: Vec<_> = output.split("\r\n").map(str::to_owned).collect();
    assert_eq!(lines.last().map(String::as_str), Some(""), "every line is ended");
    lines[..lines.len() - 1].to_vec()
}

const HELLO: &str = r#"{"execute": "qmp_capabilities"}"#;
const HELLO_OOB: &str = r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}"#;

#[test]
fn greets() {
    let mut session = Session::new(Arc::new(settings()));
    assert_eq!(
        said(&mut session),
        [
            r#"{"QMP": {"version": {"qemu": {"major": 1, "minor": 2, "micro": 3}, "package": "p"}, "capabilities": ["oob"]}}"#
        ]
    );
}

#[test]
fn refuses_commands_before_the_negotiation() {
    let mut session = open(settings());
    for command in ["query-name", "quit", "no-such", "query-version"] {
        assert_eq!(
            talk(&mut session, &format!("{{\"execute\": \"{command}\", \"id\": 1}}")),
            [
                r#"{"id": 1, "error": {"class": "CommandNotFound", "desc": "Expecting capabilities negotiation with 'qmp_capabilities'"}}"#
            ]
        );
    }
    assert_eq!(talk(&mut session, HELLO), [r#"{"return": {}}"#]);
    assert_eq!(talk(&mut session, r#"{"execute": "query-name"}"#), [r#"{"return": {}}"#]);
}

#[test]
fn answers_the_protocols_own_commands() {
    let mut session = open(settings());
    talk(&mut session, HELLO);
    assert_eq!(
        talk(&mut session, r#"{"execute": "query-version", "id": [1.0, {"é": null}]}"#),
        [
            r#"{"return": {"qemu": {"major": 1, "minor": 2, "micro": 3}, "package": "p"}, "id": [1.0, {"\u00E9": null}]}"#
        ]
    );
    let commands = talk(&mut session, r#"{"execute": "query-commands"}"#);
    let commands: serde_json::Value = serde_json::from_str(&commands[0]).expect("JSON");
    let names: Vec<_> = commands["return"].as_array().expect("array").iter().map(|c| &c["name"]).collect();
    assert_eq!(names, TABLES.commands.iter().map(|spec| spec.name).collect::<Vec<_>>());
    // Served, though the table lacks it.
    assert_eq!(talk(&mut session, r#"{"execute": "query-qmp-schema"}"#), [r#"{"return": []}"#]);
    assert_eq!(
        talk(&mut session, r#"{"execute": "query-version", "arguments": {"x": 1}}"#),
        [r#"{"error": {"class": "GenericError", "desc": "Parameter 'x' is unexpected"}}"#]
    );
}

#[test]
fn checks_the_policy_before_preconfig_and_arguments() {
    let policy = Policy::ACCEPT.deprecated_input(InputPolicy::Reject);
    let settings = settings().policy(policy);
    settings.set_preconfig(true);
    let mut session = open(settings.clone());
    talk(&mut session, HELLO);
    assert_eq!(
        talk(&mut session, r#"{"execute": "old", "arguments": {"fail": 1}}"#),
        [r#"{"error": {"class": "CommandNotFound", "desc": "Deprecated command old disabled by policy"}}"#]
    );
    assert_eq!(
        talk(&mut session, r#"{"execute": "x-new", "arguments": {"fail": 1}}"#),
        [
            r#"{"error": {"class": "GenericError", "desc": "The command 'x-new' is permitted only after machine initialization has completed"}}"#
        ]
    );
    settings.set_preconfig(false);
    assert_eq!(
        talk(&mut session, r#"{"execute": "x-new", "arguments": {"fail": 1}}"#),
        [r#"{"error": {"class": "GenericError", "desc": "failed as told"}}"#]
    );
}

#[test]
fn says_nothing_when_a_quiet_command_succeeds() {
    let mut session = open(settings());
    talk(&mut session, HELLO);
    assert!(talk(&mut session, r#"{"execute": "quiet", "id": 1}"#).is_empty());
    assert_eq!(
        talk(&mut session, r#"{"execute": "quiet", "id": 1, "arguments": {"fail": 1}}"#),
        [r#"{"id": 1, "error": {"class": "GenericError", "desc": "failed as told"}}"#]
    );
}

#[test]
fn a_panicking_handler_fails_its_command_only() {
    let mut session = open(settings());
    talk(&mut session, HELLO);
    assert_eq!(
        talk(&mut session, r#"{"execute": "panic", "id": 1} {"execute": "query-name"}"#),
        [
            r#"{"id": 1, "error": {"class": "GenericError", "desc": "The command panic failed: its handler panicked"}}"#,
            r#"{"return": {}}"#
        ]
    );
    session.receive(br#"{"execute": "panic-later"}"#);
    let mut pending = session.run(&Server::default(), &Arc::default());
    let (ticket, mut future) = pending.pop().expect("it is async");
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(result) = future.as_mut().poll(&mut cx) else { panic!("not ready") };
    session.finish(ticket, result);
    assert_eq!(
        said(&mut session),
        [
            r#"{"error": {"class": "GenericError", "desc": "The command panic-later failed: its handler panicked"}}"#
        ]
    );
}

#[test]
fn events_come_after_the_negotiation() {
    let mut session = open(settings());
    let event = Record::new("STOP", Some(b"{\"a\": 1}".to_vec()), Moment::default());
    session.send(&event);
    assert!(session.output().is_empty());
    talk(&mut session, HELLO);
    session.send(&event);
    assert_eq!(
        said(&mut session),
        [r#"{"timestamp": {"seconds": 0, "microseconds": 0}, "event": "STOP", "data": {"a": 1}}"#]
    );
}

#[test]
fn prints_for_people() {
    let mut session = open(settings().pretty(true));
    session.receive(HELLO.as_bytes());
    session.receive(br#"{"execute": "nope"}"#);
    session.run(&Server::default(), &Arc::default());
    let expected = "{\n    \"return\": {\n    }\n}\n{\n    \"error\": {\n        \"class\": \"CommandNotFound\",\n        \"desc\": \"The command nope has not been found\"\n    }\n}\n";
    assert_eq!(String::from_utf8_lossy(session.output()), expected.replace('\n', "\r\n"));
}

#[test]
fn a_guest_agent_neither_greets_nor_negotiates() {
    let mut session = Session::new(Arc::new(settings().dialect(Dialect::Agent)));
    assert!(session.output().is_empty());
    assert_eq!(
        talk(&mut session, r#"{"execute": "guest-sync", "arguments": {"id": 42}}"#),
        [r#"{"return": 42}"#]
    );
    session.receive(b"{\"exec\xff{\"execute\": \"guest-sync-delimited\", \"arguments\": {\"id\": -1}}");
    session.run(&Server::default(), &Arc::default());
    let output = session.take_output();
    let start = output.iter().position(|byte| *byte == 0xFF).expect("the delimiter");
    assert_eq!(&output[start + 1..], b"{\"return\": -1}\r\n");
    assert!(output[..start].starts_with(b"{\"error\": "));
    assert_eq!(
        talk(&mut session, r#"{"execute": "qmp_capabilities"}"#).len(),
        1,
        "in the table, so it is an ordinary command here"
    );
}

/// Takes steps until the session is idle; hands out what is to be run.
fn requests(session: &mut Session) -> Vec<(Ticket, Outcome)> {
    let server = Server::default();
    server.gate.open();
    let mut taken = Vec::new();
    loop {
        match session.step() {
            Step::Idle => return taken,
            Step::Answered => {}
            Step::Run(request) => taken.push(request.run(&server, &Arc::new(Origin::default()))),
        }
    }
}

fn names(taken: &[(Ticket, Outcome)]) -> Vec<&'static str> {
    taken.iter().map(|(ticket, _)| ticket.name()).collect()
}

#[test]
fn without_out_of_band_one_command_is_read_at_a_time() {
    let mut session = open(settings());
    session.receive(HELLO.as_bytes());
    session.receive(br#"{"execute": "query-name"} {"execute": "stop"} }"#);
    let mut taken = requests(&mut session);
    assert_eq!(names(&taken), ["query-name"]);
    assert!(!session.wants_input());
    let (ticket, _) = taken.remove(0);
    session.finish(ticket, Ok(b"{}".to_vec()));
    assert!(session.wants_input());
    assert_eq!(names(&requests(&mut session)), ["stop"]);
}

#[test]
fn seven_waiting_commands_are_overtaken_and_eight_are_not() {
    for waiting in [7, 8] {
        let mut session = open(settings());
        session.receive(HELLO_OOB.as_bytes());
        for _ in 0..=waiting {
            session.receive(br#"{"execute": "stop"}"#);
        }
        session.receive(br#"{"exec-oob": "query-yank"}"#);
        let mut taken = requests(&mut session);
        let (running, _) = taken.remove(0);
        assert_eq!(running.name(), "stop");
        let expected: &[&str] = if waiting == 7 { &["query-yank"] } else { &[] };
        assert_eq!(names(&taken), expected);
        assert_eq!(session.wants_input(), waiting == 7);
        // One is taken: there is room for the next message.
        session.finish(running, Ok(b"{}".to_vec()));
        let expected: &[&str] = if waiting == 7 { &["stop"] } else { &["stop", "query-yank"] };
        assert_eq!(names(&requests(&mut session)), expected);
    }
}

#[test]
fn malformed_input_waits_for_its_turn() {
    let mut session = open(settings());
    session.receive(HELLO_OOB.as_bytes());
    requests(&mut session);
    drop(session.take_output());
    session.receive(
        br#"{"execute": "stop"} {]} {"exec-oob": "nope", "execute": "a"} {"exec-oob": "nope", "id": 5}"#,
    );
    let (ticket, _) = requests(&mut session).remove(0);
    assert_eq!(
        said(&mut session),
        [
            r#"{"id": 5, "error": {"class": "CommandNotFound", "desc": "The command nope has not been found"}}"#
        ]
    );
    session.finish(ticket, Ok(b"{}".to_vec()));
    requests(&mut session);
    let lines = said(&mut session);
    assert_eq!(lines[0], r#"{"return": {}}"#);
    assert!(lines[1].contains("JSON parse error"), "{}", lines[1]);
    assert!(lines.last().expect("lines").contains("clashes"), "{lines:?}");
}

#[test]
fn a_client_that_leaves_takes_its_queue_along() {
    let mut session = open(settings());
    session.receive(HELLO_OOB.as_bytes());
    session.receive(br#"{"execute": "stop"} {"execute": "cont"}"#);
    let (ticket, _) = requests(&mut session).remove(0);
    session.close();
    session.finish(ticket, Ok(b"{}".to_vec()));
    assert!(requests(&mut session).is_empty());
    assert!(!session.wants_input());
}

#[test]
fn introspection_follows_the_policy_and_the_list_of_commands_does_not() {
    use qapi_runtime::{CommandFlags, CommandSpec, Features, Tables, private::Entry};

    static HALF_OLD: Tables = Tables {
        generation: 1,
        commands: &[
            CommandSpec::new("new", CommandFlags::NONE, Features::NONE),
            CommandSpec::new("old", CommandFlags::NONE, Features::DEPRECATED),
        ],
        events: &[],
        introspection: &[
            Entry::new(Features::NONE, &[r#"{"name": "new", "meta-type": "command"}"#]),
            Entry::new(Features::DEPRECATED, &[r#"{"name": "old", "meta-type": "command"}"#]),
        ],
    };
    let answers = |policy: Policy| {
        let mut session = open(Settings::new(&HALF_OLD).policy(policy));
        talk(&mut session, HELLO);
        [r#"{"execute": "query-qmp-schema"}"#, r#"{"execute": "query-commands"}"#]
            .map(|command| talk(&mut session, command).concat())
    };
    let names = r#"{"return": [{"name": "new"}, {"name": "old"}]}"#;
    let both =
        r#"{"return": [{"name": "new", "meta-type": "command"}, {"name": "old", "meta-type": "command"}]}"#;
    assert_eq!(answers(Policy::ACCEPT), [both, names]);
    let hiding = Policy::ACCEPT.deprecated_output(OutputPolicy::Hide);
    assert_eq!(answers(hiding), [r#"{"return": [{"name": "new", "meta-type": "command"}]}"#, names]);
    // What is unstable is another matter.
    let other = Policy::ACCEPT.unstable_output(OutputPolicy::Hide);
    assert_eq!(answers(other), [both, names]);
}

/// The policy to crash ends the process, so a process of its own is made to use what is deprecated.
#[test]
fn the_policy_to_crash_ends_the_process() {
    const CHILD: &str = "QAPI_TEST_CRASH";
    if std::env::var_os(CHILD).is_some() {
        let policy = Policy::ACCEPT.deprecated_input(InputPolicy::Crash);
        let mut session = open(settings().policy(policy));
        talk(&mut session, HELLO);
        talk(&mut session, r#"{"execute": "old"}"#);
        return;
    }
    let program = std::env::current_exe().expect("this program");
    let child = std::process::Command::new(program)
        .args(["--exact", "the_policy_to_crash_ends_the_process"])
        .env(CHILD, "1")
        .output()
        .expect("runs");
    assert!(!child.status.success() && child.status.code().is_none_or(|code| code != 101), "{child:?}");
}
