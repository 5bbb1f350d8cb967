//! Sockets that systemd passes. Its protocol is about the whole process, so each case is a process of its own.

#![cfg(all(target_os = "linux", feature = "systemd", feature = "threads"))]

use qapi_runtime::transport::threads::Listener;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

/// The case that a process started by a test is to look at.
const CASE: &str = "QAPI_SYSTEMD_TEST_CASE";

/// Starts this program again with `sockets` from descriptor 3 on, as systemd does; returns what it printed of them.
///
/// A shell puts them there, as nothing in safe Rust does, and becomes the program, so that it knows the process's number.
fn activate(sockets: [OwnedFd; 2], environment: &str) -> String {
    let program = std::env::current_exe().expect("this program");
    let script = format!(
        "exec 4<&1 3<&0 0</dev/null 1>&2; {environment} exec '{}' --exact child --nocapture --test-threads=1",
        program.display()
    );
    let [first, second] = sockets;
    let mut command = Command::new("sh");
    command.args(["-c", &script]).env(CASE, "1").stdin(first).stdout(second).stderr(Stdio::piped());
    let output = command.output().expect("starts");
    let text = String::from_utf8(output.stderr).expect("text");
    let found: Vec<&str> =
        text.lines().filter_map(|line| line.split_once("found: ")).map(|(_, text)| text).collect();
    assert_eq!(found.len(), 1, "{text}");
    found[0].to_owned()
}

/// What [`activate`] has started: prints what it was passed. Nothing to do otherwise.
#[test]
fn child() {
    if std::env::var_os(CASE).is_none() {
        return;
    }
    let found = match Listener::from_systemd() {
        Ok(listeners) => {
            let shown: Vec<_> =
                listeners.iter().map(|(name, socket)| format!("{name} {}", kind(socket))).collect();
            assert!(Listener::from_systemd().expect("no error").is_empty(), "each is taken once");
            shown.join(", ")
        }
        Err(error) => error.to_string(),
    };
    eprintln!("\nfound: {found}");
}

fn kind(listener: &Listener) -> &'static str {
    if listener.tcp_address().is_some() { "tcp" } else { "unix" }
}

fn sockets() -> [OwnedFd; 2] {
    let directory = tempfile::tempdir().expect("a directory");
    let unix = UnixListener::bind(directory.path().join("qmp")).expect("binds");
    [unix.into(), TcpListener::bind("127.0.0.1:0").expect("binds").into()]
}

#[test]
fn sockets_are_taken_with_their_names() {
    let found = activate(sockets(), "LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=qmp:remote");
    assert_eq!(found, "qmp unix, remote tcp");
    assert_eq!(activate(sockets(), "LISTEN_PID=$$ LISTEN_FDS=2"), "unknown unix, unknown tcp");
    assert_eq!(activate(sockets(), "LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=qmp"), "qmp unix");
}

#[test]
fn what_is_for_others_is_left_alone() {
    assert_eq!(activate(sockets(), "LISTEN_PID=1 LISTEN_FDS=2"), "");
    assert_eq!(activate(sockets(), "LISTEN_FDS=2"), "");
    assert_eq!(activate(sockets(), ""), "");
}

#[test]
fn what_cannot_be_served_is_an_error() {
    let [unix, _] = sockets();
    let file = tempfile::tempfile().expect("a file").into();
    let found = activate([unix, file], "LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=qmp:log");
    assert_eq!(found, "socket 1 of LISTEN_FDS (log) is no stream socket of Unix or TCP");
    let [unix, tcp] = sockets();
    let found = activate([unix, tcp], "LISTEN_PID=$$ LISTEN_FDS=many");
    assert_eq!(found, "the environment variable LISTEN_FDS is malformed");
}
