//! What is logged, and how loud: arguments, which may be secrets, at trace level only; and never in the client's own
//! lines.

mod log_stub;
mod session_stub;

use log_stub::Log;
use qapi_runtime::Monitor;
use qapi_runtime::session::{Session, Settings};
use session_stub::{Server, TABLES, Tick};
use std::sync::Arc;
use tracing::Level;

#[test]
fn arguments_are_logged_at_trace_level_only() {
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        let server = Server::default();
        let mut session = Session::new(Arc::new(Settings::new(&TABLES)));
        for text in [
            r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["hunter2"]}}"#,
            r#"{"execute": "qmp_capabilities"}"#,
            r#"{"execute": "set-action", "arguments": {"panic": "hunter2"}}"#,
            r#"{"execute": "set-action", "arguments": {"hunter2": 1}}"#,
            r#"{"execute": "raw", "arguments": {"password": "hunter2"}}"#,
            r#"{"execute": "panic", "arguments": {"password": "hunter2"}}"#,
        ] {
            session.receive(text.as_bytes());
            assert!(session.run(&server, &Arc::default()).is_empty());
        }
        // Data of events may be as private.
        let monitor = Monitor::builder(server.clone()).events(&server.events).build();
        server.events.send(&Tick::new(424_242));
        drop(monitor);
    });
    let quiet = log.lines(Level::DEBUG);
    let has = |lines: &[String], what: &str| lines.iter().any(|line| line.contains(what));
    for what in ["hunter2", "424242"] {
        assert!(!has(&quiet, what), "{quiet:#?}");
        assert!(has(&log.lines(Level::TRACE), what), "arguments can be seen when asked for");
    }
    // What happened is told without.
    for what in ["set-action", "raw", "GenericError", "negotiated", "TICK"] {
        assert!(has(&quiet, what), "{what} in {quiet:#?}");
    }
    let errors = log.lines(Level::ERROR);
    assert!(has(&errors, "handler panicked") && has(&errors, "command=\"panic\""), "{errors:#?}");
}

/// Runs commands of a client that has negotiated, and returns every line that is logged.
fn logged(inputs: &[&[u8]]) -> Vec<String> {
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        let server = Server::default();
        let mut session = Session::new(Arc::new(Settings::new(&TABLES)));
        session.receive(br#"{"execute": "qmp_capabilities"}"#);
        for input in inputs {
            session.receive(input);
            assert!(session.run(&server, &Arc::default()).is_empty());
        }
    });
    log.lines(Level::TRACE)
}

#[test]
fn no_client_writes_a_line_of_its_own() {
    let lines = logged(&[
        br#"{"execute": "query-name\nERROR forged line"}"#,
        br#"{"exec\nforged line": "query-name"}"#,
        br#"{"execute": "set-action", "arguments": {"\nforged line": 1}}"#,
        br#"{"execute": "set-action", "arguments": {"panic": "\r\u001b[31m\u2028forged line"}}"#,
        br#"{"execute": "panic", "arguments": {"\u009bforged line": "\nforged line"}}"#,
        br#"{"execute": "quiet", "arguments": {"fail": "\nforged line"}, "id": "\nforged line"}"#,
        b"\x1b[31mforged line\n",
    ]);
    assert!(
        lines.iter().any(|line| line.contains("forged line")),
        "what a client sends can be seen: {lines:#?}"
    );
    for line in lines {
        assert!(!line.contains(|c: char| c.is_control() || c == '\u{2028}'), "{line:?}");
    }
}

#[test]
fn no_client_makes_a_line_long() {
    let long = "x".repeat(100_000);
    let lines = logged(&[
        format!("{{\"execute\": \"{long}\"}}").as_bytes(),
        format!("{{\"{long}\": 1}}").as_bytes(),
        format!("{{\"execute\": \"panic\", \"arguments\": {{\"{long}\": 1}}}}").as_bytes(),
        format!("{{\"execute\": \"set-action\", \"arguments\": {{\"panic\": \"{long}\"}}}}").as_bytes(),
        format!("{long}\n").as_bytes(),
    ]);
    assert!(lines.iter().any(|line| line.contains("xxx...")), "{lines:#?}");
    for line in lines {
        assert!(line.len() < 400, "{} bytes: {:.400}", line.len(), line);
    }
}

#[cfg(all(unix, feature = "threads"))]
#[test]
fn a_dropped_session_is_warned_of() {
    use qapi_runtime::transport::threads::Listener;
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::net::UnixStream;

    let log = Log::default();
    // For all threads: it is the service thread that finds out. The other tests have subscribers of their own.
    tracing::subscriber::set_global_default(log.clone()).expect("the only one");
    {
        let server = Server::default();
        let monitor = Monitor::builder(server.clone()).events(&server.events).output_limit(1000).build();
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("qmp");
        Listener::unix(&path).expect("listens").serve(&monitor).expect("serves");
        let mut reader = BufReader::new(UnixStream::connect(&path).expect("connects"));
        reader.get_mut().write_all(br#"{"execute": "qmp_capabilities"}"#).expect("sends");
        reader.read_line(&mut String::new()).expect("the greeting");
        reader.read_line(&mut String::new()).expect("the answer");
        for _ in 0..1_000_000 {
            server.events.send(&Tick::new(1));
            if monitor.sessions() == 0 {
                break;
            }
        }
        assert_eq!(monitor.sessions(), 0);
    }
    let warnings = log.lines(Level::WARN);
    assert!(
        warnings.iter().any(|line| line.contains("session dropped") && line.contains("session=")),
        "{warnings:#?}"
    );
}
