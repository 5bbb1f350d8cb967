//! Sessions for clients that have got used to another server: what has to be asked for, and that it is off otherwise.

mod session_stub;

use qapi_runtime::clock::Moment;
use qapi_runtime::control::QMPCapability;
use qapi_runtime::monitor::Record;
use qapi_runtime::policy::Leniency;
use qapi_runtime::session::{Session, Settings};
use session_stub::{Server, TABLES};
use std::sync::Arc;

const HELLO: &str = r#"{"execute": "qmp_capabilities"}"#;

/// Opens a session and returns its greeting, too.
fn open(settings: Settings) -> (Session, String) {
    let mut session = Session::new(Arc::new(settings));
    let greeting = String::from_utf8(session.take_output()).expect("ASCII");
    (session, greeting)
}

fn talk(session: &mut Session, input: &str) -> String {
    session.receive(input.as_bytes());
    assert!(session.run(&Server::default(), &Arc::default()).is_empty(), "nothing here is async");
    String::from_utf8(session.take_output()).expect("ASCII").trim_end().to_owned()
}

fn generic(desc: &str) -> String {
    format!("{{\"error\": {{\"class\": \"GenericError\", \"desc\": \"{desc}\"}}}}")
}

#[test]
fn a_capability_that_was_not_offered_cannot_be_enabled() {
    let (mut session, greeting) = open(Settings::new(&TABLES).capabilities([]));
    assert!(greeting.ends_with("\"capabilities\": []}}\r\n"), "{greeting}");
    let enable =
        |list: &str| format!("{{\"execute\": \"qmp_capabilities\", \"arguments\": {{\"enable\": {list}}}}}");
    assert_eq!(talk(&mut session, &enable(r#"["oob"]"#)), generic("Capability oob not available"));
    assert_eq!(
        talk(&mut session, &enable(r#"["oob", "oob"]"#)),
        generic("Capability oob, oob not available")
    );
    // What is none stays a fault of the argument.
    assert!(talk(&mut session, &enable(r#"["nope"]"#)).contains("does not accept value 'nope'"));
    assert!(!session.is_negotiated());
    assert_eq!(talk(&mut session, &enable("[]")), r#"{"return": {}}"#);
    assert!(session.is_negotiated() && !session.is_out_of_band());
    assert_eq!(
        talk(&mut session, r#"{"exec-oob": "query-yank"}"#),
        generic("QMP input member 'exec-oob' is unexpected")
    );
    let (_, greeting) = open(Settings::new(&TABLES).capabilities([QMPCapability::Oob]));
    assert!(greeting.ends_with("\"capabilities\": [\"oob\"]}}\r\n"), "{greeting}");
}

#[test]
fn a_session_may_begin_negotiated() {
    let (mut session, greeting) = open(Settings::new(&TABLES).begin_negotiated(true));
    assert!(greeting.starts_with("{\"QMP\": "), "{greeting}");
    assert!(session.is_negotiated() && session.hears("STOP"));
    session.send(&Record::new("STOP", None, Moment::default()));
    assert!(String::from_utf8(session.take_output()).expect("ASCII").contains("STOP"));
    assert_eq!(talk(&mut session, r#"{"execute": "query-name"}"#), r#"{"return": {}}"#);
    assert_eq!(
        talk(&mut session, HELLO),
        r#"{"error": {"class": "CommandNotFound", "desc": "Capabilities negotiation is already complete, command ignored"}}"#
    );
    assert!(!session.is_out_of_band());
}

#[test]
fn arguments_are_strict_unless_told_otherwise() {
    let unknown = r#"{"execute": "set-action", "arguments": {"reboot": "reset", "panic": "none"}}"#;
    let null = r#"{"execute": "set-action", "arguments": {"panic": null}}"#;
    let served = r#"{"execute": "query-version", "arguments": {"x": 1}}"#;
    let (mut session, _) = open(Settings::new(&TABLES));
    talk(&mut session, HELLO);
    assert_eq!(talk(&mut session, unknown), generic("Parameter 'reboot' is unexpected"));
    assert_eq!(talk(&mut session, null), generic("Invalid parameter type for 'panic', expected: string"));
    assert_eq!(talk(&mut session, served), generic("Parameter 'x' is unexpected"));

    let leniency = Leniency::STRICT.unknown_members(true).null_members(true);
    let (mut session, _) = open(Settings::new(&TABLES).leniency(leniency));
    talk(&mut session, r#"{"execute": "qmp_capabilities", "arguments": {"enable": null, "x": 1}}"#);
    assert!(session.is_negotiated());
    for command in [unknown, null] {
        assert_eq!(talk(&mut session, command), r#"{"return": {}}"#);
    }
    assert!(talk(&mut session, served).starts_with(r#"{"return": {"qemu""#));
    // The envelope is another matter.
    assert_eq!(
        talk(&mut session, r#"{"execute": "query-name", "x": 1}"#),
        generic("QMP input member 'x' is unexpected")
    );
}
