//! What a client logs, and how loud: the connection at debug level, messages at trace level, and what they hold, which
//! may be secret, only when asked for.

mod log_stub;

use log_stub::Log;
use qapi_runtime::client::protocol::Core;
use qapi_runtime::client::{Options, Request};
use qapi_runtime::session::Dialect;
use serde_json::json;
use tracing::Level;

/// What is logged of a connection that negotiates, executes a command, receives an event and ends.
fn logged(options: &Options) -> Log {
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        let mut core = Core::new(Dialect::Monitor, options, 7);
        let receive = |core: &mut Core, text: String| {
            core.receive(text.as_bytes());
            while core.next().is_some() {}
        };
        receive(&mut core, "{\"return\": \"left over\"}\r\n".to_owned());
        let greeting = json!({ "version": { "qemu": { "major": 10 } }, "capabilities": [] });
        receive(&mut core, json!({ "QMP": greeting }).to_string());
        let _ = core.next_output();
        let (negotiation, call) = (7_i64 << 32, (7_i64 << 32) + 1);
        receive(&mut core, json!({ "return": {}, "id": negotiation }).to_string());
        core.send(Request::raw("object-add", &json!({ "data": "hunter2" })).expect("a request"));
        let _ = core.next_output();
        receive(&mut core, json!({ "return": { "key": "hunter3" }, "id": call }).to_string());
        core.send(Request::raw("qom-get", &json!({})).expect("a request"));
        let _ = core.next_output();
        let error = json!({ "class": "GenericError", "desc": "no hunter4" });
        receive(&mut core, json!({ "error": error, "id": call + 1 }).to_string());
        receive(&mut core, json!({ "event": "VNC\nforged", "data": { "secret": "hunter5" } }).to_string());
        receive(&mut core, "@".to_owned());
    });
    log
}

fn has(lines: &[String], all: &[&str]) -> bool {
    lines.iter().any(|line| all.iter().all(|what| line.contains(what)))
}

#[test]
fn the_connection_is_told_of_at_debug_level() {
    let lines = logged(&Options::new()).lines(Level::DEBUG);
    assert!(has(&lines, &["greeted", "10.0.0", "connection=7"]), "{lines:#?}");
    assert!(has(&lines, &["earlier client", "connection=7"]), "{lines:#?}");
    assert!(has(&lines, &["ready", "out_of_band=false"]), "{lines:#?}");
    assert!(has(&lines, &["ended", "left the protocol"]), "{lines:#?}");
    assert!(!has(&lines, &["object-add"]), "messages are at trace level: {lines:#?}");
}

#[test]
fn messages_are_told_of_at_trace_level_and_their_contents_by_request() {
    let lines = logged(&Options::new()).lines(Level::TRACE);
    assert!(has(&lines, &["sent", "qmp_capabilities", "id=30064771072"]), "{lines:#?}");
    assert!(has(&lines, &["sent", "object-add", "id=30064771073"]), "{lines:#?}");
    assert!(has(&lines, &["reply", "id=30064771073"]), "{lines:#?}");
    assert!(has(&lines, &["error", "GenericError", "id=30064771074"]), "{lines:#?}");
    assert!(has(&lines, &["event", r"VNC\nforged"]), "{lines:#?}");
    assert!(!has(&lines, &["hunter"]), "contents may be secret: {lines:#?}");

    let lines = logged(&Options::new().log_contents(true)).lines(Level::TRACE);
    for what in ["hunter2", "hunter3", "hunter4", "hunter5"] {
        assert!(has(&lines, &[what]), "{what} in {lines:#?}");
    }
    for line in lines {
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

#[cfg(all(unix, feature = "threads"))]
#[test]
fn what_is_lost_or_late_is_told_of_at_debug_level() {
    use qapi_runtime::client::{CommandError, CommandErrorKind, Untyped, blocking::Client};
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::thread;
    use std::time::Duration;

    let log = Log::default();
    // For all threads: events are lost in the one that reads. The other tests have subscribers of their own.
    tracing::subscriber::set_global_default(log.clone()).expect("the only one");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("qmp.sock");
    let listener = UnixListener::bind(&path).expect("a socket");
    let near = UnixStream::connect(&path).expect("it listens");
    let (mut far, _) = listener.accept().expect("a client");
    let server = thread::spawn(move || {
        far.write_all(b"{\"QMP\": {}}\r\n").expect("the client is there");
        let mut requests = BufReader::new(far.try_clone().expect("a descriptor"));
        let mut buffer = Vec::new();
        let mut requests = || {
            buffer.clear();
            requests.read_until(b'}', &mut buffer).expect("a request");
            serde_json::from_slice::<serde_json::Value>(&buffer).expect("JSON")
        };
        let id = requests()["id"].clone();
        far.write_all(json!({ "return": {}, "id": id }).to_string().as_bytes()).expect("it is there");
        let id = requests()["id"].clone();
        for _ in 0..3 {
            far.write_all(b"{\"event\": \"STOP\"}\r\n").expect("it is there");
        }
        far.write_all(json!({ "return": {}, "id": id }).to_string().as_bytes()).expect("it is there");
        requests();
        far
    });
    let options = Options::new().event_capacity(1);
    let client = Client::<Untyped>::unix(near, &options).expect("it connects");
    let mut events = client.events();
    client.execute_raw("stop", json!({})).expect("a reply");
    assert_eq!(events.take_missed(), 2);
    let limit = Duration::from_millis(10);
    let late = client.with_timeout(limit).execute_raw("slow", json!({}));
    assert!(matches!(late, Err(CommandError { kind: CommandErrorKind::Timeout(_), .. })), "{late:?}");
    drop(server.join().expect("no panic"));
    let lines = log.lines(Level::DEBUG);
    assert!(has(&lines, &["connected", "qmp.sock"]), "{lines:#?}");
    assert!(has(&lines, &["slow", "no reply in time", "10ms"]), "{lines:#?}");
    assert!(has(&lines, &["STOP", "dropped"]), "{lines:#?}");
    assert!(has(&lines, &["missed=2"]), "{lines:#?}");

    let limit = Options::new().connect_timeout(limit);
    let (near, _far) = UnixStream::pair().expect("a pair");
    Client::<Untyped>::unix(near, &limit).expect_err("no greeting");
    let lines = log.lines(Level::DEBUG);
    assert!(has(&lines, &["not ready in time", "10ms"]), "{lines:#?}");
}
