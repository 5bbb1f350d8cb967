//! What a client may send by mistake or out of malice: each gets an answer, and the machine lives.

use crate::machine::{Client, Machine};
use serde_json::json;

/// The actions that a machine starts with are as they were, and it answers.
fn assert_alive(client: &mut Client) {
    let status = client.succeed(r#"{"execute": "query-status"}"#);
    assert_eq!(status, json!({"running": false, "status": "prelaunch"}));
}

/// Sends one thing that is wrong; checks the class and that the text names each of `names`.
fn refused(client: &mut Client, sent: &str, class: &str, names: &[&str]) {
    let (got, text) = client.fail(sent);
    assert_eq!(got, class, "{sent}: {text}");
    for name in names {
        assert!(text.contains(name), "{sent}: {text:?} does not name {name:?}");
    }
}

#[test]
fn commands_with_faults() {
    let machine = Machine::start("", &[]);
    let mut client = machine.negotiate();
    let cases: [(&str, &str, &[&str]); 14] = [
        (r#"{"execute": "no-such-command"}"#, "CommandNotFound", &["no-such-command"]),
        (r#"{"execute": 1}"#, "GenericError", &["execute"]),
        (r#"{"exec": "cont"}"#, "GenericError", &["exec"]),
        (r#"{"id": 1}"#, "GenericError", &["execute"]),
        ("[]", "GenericError", &["object"]),
        ("\"cont\"", "GenericError", &["object"]),
        (r#"{"execute": "cont", "arguments": []}"#, "GenericError", &["arguments"]),
        (r#"{"execute": "cont", "arguments": {"x": 1}}"#, "GenericError", &["x"]),
        (r#"{"execute": "set-action", "arguments": {"panic": 1}}"#, "GenericError", &["panic", "string"]),
        (r#"{"execute": "set-action", "arguments": {"panic": null}}"#, "GenericError", &["panic"]),
        (
            r#"{"execute": "set-action", "arguments": {"panic": "explode"}}"#,
            "GenericError",
            &["panic", "explode"],
        ),
        (r#"{"execute": "set-action", "arguments": {"panic": "none", "x": 1}}"#, "GenericError", &["x"]),
        (r#"{"execute": "watchdog-set-action"}"#, "GenericError", &["action"]),
        (r#"{"execute": "qmp_capabilities"}"#, "CommandNotFound", &[]),
    ];
    for (sent, class, names) in cases {
        refused(&mut client, sent, class, names);
        assert_alive(&mut client);
    }
}

#[test]
fn a_refused_command_changes_nothing() {
    let machine = Machine::start("outb 0x505 1\n", &["-action", "panic=pause"]);
    let mut client = machine.negotiate();
    let both = r#"{"execute": "set-action", "arguments": {"panic": "none", "watchdog": "bite"}}"#;
    refused(&mut client, both, "GenericError", &["watchdog", "bite"]);
    client.send(r#"{"execute": "cont"}"#);
    let lines = [client.read(), client.read(), client.read(), client.read()];
    let panicked = lines.iter().find(|line| line["event"] == "GUEST_PANICKED").unwrap();
    assert_eq!(panicked["data"], json!({"action": "pause"}));
}

#[test]
fn text_that_is_not_json() {
    let machine = Machine::start("", &[]);
    let mut client = machine.negotiate();
    for sent in [
        r#"{"execute" "cont"}"#,
        r#"{"execute": "cont",}"#,
        r#"{"execute": "cont", "execute": "stop"}"#,
        "{]}",
        "@\n",
        "{\"execute\": \"\\q\"}",
        "{\"execute\": \"\u{fffe}\"}",
    ] {
        let (class, text) = client.fail(sent);
        assert_eq!(class, "GenericError");
        assert!(text.contains("JSON parse error"), "{sent}: {text}");
        // The rest of a line may give more errors; 0xFF ends whatever is left over, with one error itself.
        client.send(b"\xff{\"execute\": \"query-status\", \"id\": \"marker\"}");
        while client.read()["id"] != "marker" {}
    }
    assert_alive(&mut client);
}

#[test]
fn a_line_of_64_mebibytes() {
    let machine = Machine::start("", &[]);
    let mut client = machine.negotiate();
    let mut command = br#"{"execute": "set-action", "arguments": {"panic": ""#.to_vec();
    command.resize(command.len() + (64 << 20), b'x');
    command.extend_from_slice(b"\"}}\n");
    client.send(&command);
    let reply = client.read();
    assert_eq!(reply["error"]["class"], "GenericError");
    let text = reply["error"]["desc"].as_str().unwrap();
    assert!(text.contains("size limit"), "{}", &text[..text.len().min(200)]);
    client.send(b"\xff{\"execute\": \"query-status\", \"id\": \"marker\"}");
    while client.read()["id"] != "marker" {}
    assert_alive(&mut client);
}

#[test]
fn a_binary_blob() {
    let machine = Machine::start("", &[]);
    let mut client = machine.negotiate();
    // Reads while it writes: an error for nearly every byte is more than a socket holds.
    let blob: Vec<u8> = (0..1_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    client.send(&blob);
    client.send(b"\xff{\"execute\": \"query-status\", \"id\": \"marker\"}");
    let mut errors = 0;
    loop {
        let line = client.read();
        if line["id"] == "marker" {
            break;
        }
        assert_eq!(line["error"]["class"], "GenericError", "{line}");
        errors += 1;
    }
    assert!(errors > 1, "a blob of 1000 bytes gave {errors} errors");
    assert_alive(&mut client);

    // It also disturbs no other client.
    let mut other = machine.negotiate();
    assert_alive(&mut other);
}
