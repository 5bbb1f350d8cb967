//! Runs both examples against a server that answers as a machine would.

use qapi_client_tests::peer::Peer;
use serde_json::{Value, json};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::thread;

/// Runs an example, which cargo builds next to this test, until the server hangs up; returns its output.
fn run(example: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("qmp.sock");
    let listener = UnixListener::bind(&path).expect("a socket");
    let server = thread::spawn(move || serve(Peer::on(listener.accept().expect("a client").0)));
    let test = std::env::current_exe().expect("this program");
    let built = test.parent().and_then(Path::parent).expect("a folder above").join("examples").join(example);
    let output = Command::new(&built).arg(&path).output();
    let output =
        output.unwrap_or_else(|error| panic!("{}: {error}; `cargo test` builds it", built.display()));
    assert!(output.status.success(), "{example}: {}", String::from_utf8_lossy(&output.stderr));
    server.join().expect("no panic");
    String::from_utf8(output.stdout).expect("text")
}

/// Answers commands up to `query-status`, and then reports a guest panic.
fn serve(mut peer: Peer) {
    peer.negotiate(&["oob"]);
    let mut set = None;
    while let Some(request) = peer.try_request() {
        match request["execute"].as_str().expect("a name") {
            "query-qmp-schema" => {
                peer.reply(
                    &request,
                    json!([{ "name": "set-action", "meta-type": "command", "arg-type": "0" }]),
                );
            }
            "set-action" => {
                set = Some(request["arguments"].clone());
                peer.reply(&request, json!({}));
            }
            "query-version" => {
                let version = json!({ "qemu": { "major": 10, "minor": 0, "micro": 2 }, "package": "" });
                peer.reply(&request, version);
            }
            "query-status" => {
                peer.reply(&request, json!({ "running": true, "status": "running" }));
                break;
            }
            other => panic!("{other}"),
        }
    }
    assert!(set.is_none_or(|arguments: Value| arguments == json!({ "panic": "pause" })));
    peer.event("GUEST_PANICKED", json!({ "action": "pause" }));
    peer.event("MOON_ROSE", json!({ "phase": 3 }));
}

#[test]
fn blocking() {
    let printed = run("blocking");
    let lines = [
        "connected to version 10.0.2 (test)",
        "the machine runs",
        "the guest panicked: pause",
        "MOON_ROSE: {\"phase\":3}",
        "the machine is gone",
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), lines);
}

#[test]
fn asynchronous() {
    let printed = run("asynchronous");
    assert!(
        printed.starts_with("version 10, the machine is running\nthe guest panicked: pause\n"),
        "{printed}"
    );
    assert!(printed.contains("MOON_ROSE"), "{printed}");
}
