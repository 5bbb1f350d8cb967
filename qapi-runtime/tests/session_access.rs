//! What a session with less than full access is told, and what not.

mod session_stub;

use qapi_runtime::access::{Access, AccessError};
use qapi_runtime::clock::Moment;
use qapi_runtime::monitor::Record;
use qapi_runtime::policy::{InputPolicy, OutputPolicy, Policy};
use qapi_runtime::private::Entry;
use qapi_runtime::session::{Dialect, Session, Settings};
use qapi_runtime::{CommandFlags, CommandSpec, Features, Tables};
use session_stub::{Server, TABLES};
use std::sync::Arc;

const HELLO: &str = r#"{"execute": "qmp_capabilities"}"#;
const HELLO_OOB: &str = r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}"#;

fn settings(access: &Access) -> Settings {
    Settings::new(&TABLES).access(access).expect("the schema has all the names")
}

/// A session that has negotiated.
fn open(settings: Settings, hello: &str) -> Session {
    let mut session = Session::new(Arc::new(settings));
    drop(session.take_output());
    assert_eq!(talk(&mut session, hello), [r#"{"return": {}}"#]);
    session
}

fn talk(session: &mut Session, input: &str) -> Vec<String> {
    session.receive(input.as_bytes());
    assert!(session.run(&Server::default(), &Arc::default()).is_empty(), "nothing here is async");
    let output = String::from_utf8(session.take_output()).expect("ASCII");
    output.lines().map(str::to_owned).collect()
}

fn ask(session: &mut Session, command: &str) -> String {
    talk(session, &format!("{{\"execute\": \"{command}\"}}")).concat()
}

fn not_found(command: &str) -> String {
    format!(
        "{{\"error\": {{\"class\": \"CommandNotFound\", \"desc\": \"The command {command} has not been found\"}}}}"
    )
}

fn commands(session: &mut Session) -> Vec<String> {
    let answer: serde_json::Value = serde_json::from_str(&ask(session, "query-commands")).expect("JSON");
    let list = answer["return"].as_array().expect("an array");
    list.iter().map(|entry| entry["name"].as_str().expect("a name").to_owned()).collect()
}

fn event(name: &str) -> Record {
    Record::new(name, None, Moment::default())
}

#[test]
fn everything_is_what_a_session_without_access_has() {
    let access = Access::everything();
    assert_eq!(access, Access::default());
    let mut session = open(settings(&access), HELLO);
    assert_eq!(commands(&mut session), TABLES.commands.iter().map(|spec| spec.name).collect::<Vec<_>>());
    assert!(session.hears("STOP") && session.hears("TICK"));
}

#[test]
fn a_command_that_is_left_out_is_like_one_that_does_not_exist() {
    let mut session = open(settings(&Access::everything().without(["stop", "query-yank", "old"])), HELLO_OOB);
    assert_eq!(ask(&mut session, "stop"), not_found("stop"));
    assert_eq!(ask(&mut session, "no-such"), not_found("no-such"));
    // Before everything that would tell it from one that does not exist: out-of-band fitness, arguments.
    assert_eq!(talk(&mut session, r#"{"exec-oob": "stop"}"#), [not_found("stop")]);
    assert_eq!(talk(&mut session, r#"{"exec-oob": "query-yank"}"#), [not_found("query-yank")]);
    assert_eq!(talk(&mut session, r#"{"execute": "stop", "arguments": {"x": 1}}"#), [not_found("stop")]);
    assert_eq!(ask(&mut session, "query-name"), r#"{"return": {}}"#);
    let names = commands(&mut session);
    assert_eq!(names.len(), TABLES.commands.len() - 3);
    assert!(!names.iter().any(|name| ["stop", "query-yank", "old"].contains(&&**name)));
}

#[test]
fn preconfig_and_policy_do_not_give_away_what_is_left_out() {
    let policy = Policy::ACCEPT.deprecated_input(InputPolicy::Reject);
    // In either order.
    let access = Access::everything().without(["old", "stop"]);
    for settings in [settings(&access).policy(policy), {
        Settings::new(&TABLES).policy(policy).access(&access).expect("known names")
    }] {
        settings.set_preconfig(true);
        let mut session = open(settings, HELLO);
        for command in ["old", "stop"] {
            assert_eq!(ask(&mut session, command), not_found(command));
        }
        assert!(ask(&mut session, "cont").contains("only after machine initialization"));
    }
}

#[test]
fn read_only_is_queries_and_the_protocols_own() {
    let mut session = open(settings(&Access::read_only()), HELLO);
    assert_eq!(
        commands(&mut session),
        [
            "qmp_capabilities",
            "query-commands",
            "query-cpus-fast",
            "query-name",
            "query-status",
            "query-version",
            "query-yank"
        ]
    );
    // Served, though the table lacks it.
    assert_eq!(ask(&mut session, "query-qmp-schema"), r#"{"return": []}"#);
    assert_eq!(ask(&mut session, "quit"), not_found("quit"));
    assert!(session.hears("STOP"));

    let access = Access::read_only().without(["query-name", "query-qmp-schema", "STOP"]).with(["set-action"]);
    let mut session = open(settings(&access), HELLO);
    assert_eq!(ask(&mut session, "query-name"), not_found("query-name"));
    assert_eq!(ask(&mut session, "query-qmp-schema"), not_found("query-qmp-schema"));
    assert_eq!(ask(&mut session, "set-action"), r#"{"return": {}}"#);
    assert!(!session.hears("STOP") && session.hears("RESUME"));
}

#[test]
fn a_list_is_taken_as_it_is() {
    let mut session = open(settings(&Access::only(["stop", "query-commands"], ["TICK"])), HELLO);
    assert_eq!(commands(&mut session), ["qmp_capabilities", "query-commands", "stop"]);
    for command in ["query-version", "query-qmp-schema", "query-name"] {
        assert_eq!(ask(&mut session, command), not_found(command));
    }
    session.send(&event("STOP"));
    assert!(session.output().is_empty());
    session.send(&event("TICK"));
    assert!(String::from_utf8_lossy(session.output()).contains("\"event\": \"TICK\""));
}

#[test]
fn the_last_word_counts() {
    let grant = |access: Access| commands(&mut open(settings(&access), HELLO)).contains(&"stop".to_owned());
    assert!(grant(Access::everything().without(["stop"]).with(["stop"])));
    assert!(!grant(Access::everything().with(["stop"]).without(["stop"])));
}

#[test]
fn names_that_are_not_there_are_mistakes() {
    let check = |access: Access| access.check(&TABLES).map_err(|error| error.to_string());
    assert_eq!(check(Access::everything()), Ok(()));
    // The session serves it, whether or not the table has it.
    assert_eq!(check(Access::only(["query-qmp-schema", "guest-sync"], ["STOP"])), Ok(()));
    let text = |text: &str| Err(text.to_owned());
    assert_eq!(check(Access::read_only().with(["sotp"])), text("the schema has no command or event 'sotp'"));
    assert_eq!(
        check(Access::everything().without(["Stop"])),
        text("the schema has no command or event 'Stop'")
    );
    assert_eq!(check(Access::only(["STOP"], [])), text("the schema has no command 'STOP'"));
    assert_eq!(check(Access::only([], ["stop"])), text("the schema has no event 'stop'"));
    assert_eq!(
        check(Access::everything().without(["qmp_capabilities"])),
        text("the command 'qmp_capabilities' cannot be left out: sessions begin with it")
    );
    let error =
        Settings::new(&TABLES).access(&Access::only(["nope"], [])).expect_err("there is no such command");
    assert_eq!(error, AccessError::NoSuchCommand("nope".to_owned()));
}

#[test]
fn events_are_heard_after_the_negotiation_only_and_never_by_agents() {
    let session = Session::new(Arc::new(settings(&Access::everything())));
    assert!(!session.hears("STOP"));
    let agent = Session::new(Arc::new(settings(&Access::everything()).dialect(Dialect::Agent)));
    assert!(!agent.hears("STOP"));
    let session = open(settings(&Access::everything().without(["STOP"])), HELLO);
    assert!(!session.hears("STOP") && session.hears("TICK") && !session.hears("NOPE"));
}

#[test]
fn a_guest_agent_gets_in_step_with_any_access() {
    let settings = settings(&Access::only(["query-name"], [])).dialect(Dialect::Agent);
    let mut session = Session::new(Arc::new(settings));
    assert_eq!(
        talk(&mut session, r#"{"execute": "guest-sync", "arguments": {"id": 42}}"#),
        [r#"{"return": 42}"#]
    );
    assert_eq!(ask(&mut session, "stop"), not_found("stop"));
}

/// An entry in one piece.
macro_rules! entry {
    ($text:literal $(,)?) => {
        Entry::new(Features::NONE, &[$text])
    };
}

/// Entries of every kind; `secret` alone reaches the types from 5 on, but for what is deprecated.
static SHAPES: Tables = Tables {
    generation: 1,
    commands: &[
        CommandSpec::new("open", CommandFlags::NONE, Features::NONE),
        CommandSpec::new("secret", CommandFlags::NONE, Features::NONE),
    ],
    events: &["HIDDEN", "SEEN"],
    introspection: &[
        entry!(r#"{"name": "open", "meta-type": "command", "arg-type": "0", "ret-type": "[1]"}"#),
        entry!(r#"{"name": "secret", "meta-type": "command", "arg-type": "5", "ret-type": "[7]"}"#),
        entry!(r#"{"name": "SEEN", "meta-type": "event", "arg-type": "0"}"#),
        entry!(r#"{"name": "HIDDEN", "meta-type": "event", "arg-type": "8"}"#),
        entry!(r#"{"name": "0", "meta-type": "object", "members": []}"#),
        entry!(r#"{"name": "[1]", "meta-type": "array", "element-type": "1"}"#),
        entry!(
            r#"{"name": "1", "meta-type": "object", "members": [{"name": "kind", "type": "2"}, {"name": "next", "type": "1", "default": null}], "tag": "kind", "variants": [{"case": "a", "type": "3"}]}"#,
        ),
        entry!(r#"{"name": "2", "meta-type": "enum", "members": [{"name": "a"}], "values": ["a"]}"#),
        entry!(
            r#"{"name": "3", "meta-type": "object", "members": [{"name": "old", "type": "9", "features": ["deprecated"]}, {"name": "either", "type": "4"}]}"#,
        ),
        entry!(r#"{"name": "4", "meta-type": "alternate", "members": [{"type": "str"}, {"type": "null"}]}"#),
        entry!(
            r#"{"name": "5", "meta-type": "object", "members": [{"name": "both", "type": "2"}, {"name": "x", "type": "6"}]}"#
        ),
        entry!(r#"{"name": "6", "meta-type": "enum", "members": [{"name": "b"}], "values": ["b"]}"#),
        entry!(r#"{"name": "[7]", "meta-type": "array", "element-type": "7"}"#),
        entry!(r#"{"name": "7", "meta-type": "object", "members": [{"name": "i", "type": "int"}]}"#),
        entry!(r#"{"name": "8", "meta-type": "object", "members": [{"name": "b", "type": "bool"}]}"#),
        entry!(r#"{"name": "9", "meta-type": "object", "members": []}"#),
        entry!(r#"{"name": "str", "meta-type": "builtin", "json-type": "string"}"#),
        entry!(r#"{"name": "null", "meta-type": "builtin", "json-type": "null"}"#),
        entry!(r#"{"name": "int", "meta-type": "builtin", "json-type": "int"}"#),
        entry!(r#"{"name": "bool", "meta-type": "builtin", "json-type": "boolean"}"#),
    ],
};

fn shapes(access: &Access, policy: Policy) -> Vec<String> {
    let settings = Settings::new(&SHAPES).policy(policy).access(access).expect("known names");
    let mut session = open(settings, HELLO);
    let answer: serde_json::Value =
        serde_json::from_str(&ask(&mut session, "query-qmp-schema")).expect("JSON");
    let list = answer["return"].as_array().expect("an array");
    list.iter().map(|entry| entry["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn introspection_keeps_what_is_reached_from_what_is_left() {
    let all: Vec<&str> = vec![
        "open", "secret", "SEEN", "HIDDEN", "0", "[1]", "1", "2", "3", "4", "5", "6", "[7]", "7", "8", "9",
        "str", "null", "int", "bool",
    ];
    assert_eq!(shapes(&Access::everything(), Policy::ACCEPT), all);
    assert_eq!(
        shapes(&Access::everything().without(["secret", "HIDDEN"]), Policy::ACCEPT),
        ["open", "SEEN", "0", "[1]", "1", "2", "3", "4", "9", "str", "null"]
    );
    assert_eq!(
        shapes(&Access::everything().without(["open", "SEEN"]), Policy::ACCEPT),
        ["secret", "HIDDEN", "2", "5", "6", "[7]", "7", "8", "int", "bool"]
    );
    // A member that the policy hides reaches nothing.
    let hiding = Policy::ACCEPT.deprecated_output(OutputPolicy::Hide);
    assert_eq!(
        shapes(&Access::everything().without(["secret", "HIDDEN"]), hiding),
        ["open", "SEEN", "0", "[1]", "1", "2", "3", "4", "str", "null"]
    );
    assert_eq!(shapes(&Access::only(["query-qmp-schema"], []), Policy::ACCEPT), Vec::<String>::new());
}

#[test]
fn the_text_of_what_stays_does_not_change() {
    let ask = |access: &Access| {
        let settings = Settings::new(&SHAPES).access(access).expect("known names");
        ask(&mut open(settings, HELLO), "query-qmp-schema")
    };
    let whole = ask(&Access::everything());
    let part = ask(&Access::read_only().with(["open"]).without(["HIDDEN"]));
    for entry in
        part.trim_start_matches(r#"{"return": ["#).trim_end_matches("]}").split("}, {\"name\": \"").take(3)
    {
        assert!(whole.contains(entry), "{entry}");
    }
    assert!(part.len() < whole.len());
}
