//! Several clients at a time.

use crate::machine::Machine;
use serde_json::json;

const PANIC: &str = "outb 0x505 1\n";

#[test]
fn two_clients_get_the_events() {
    let machine = Machine::start(PANIC, &["-action", "panic=none"]);
    let mut one = machine.negotiate();
    let mut two = machine.negotiate();
    one.succeed(r#"{"execute": "set-action", "arguments": {"panic": "pause"}}"#);
    two.send(r#"{"execute": "cont"}"#);

    one.event("RESUME");
    assert_eq!(one.event("GUEST_PANICKED"), json!({"action": "pause"}));
    one.event("STOP");
    // The one who asked gets the same, and its reply somewhere among them.
    let lines = [two.read(), two.read(), two.read(), two.read()];
    let events: Vec<_> = lines.iter().filter_map(|line| line["event"].as_str()).collect();
    assert_eq!(events, ["RESUME", "GUEST_PANICKED", "STOP"]);
    assert_eq!(lines.iter().filter(|line| line["return"] == json!({})).count(), 1);

    let status = one.succeed(r#"{"execute": "query-status"}"#);
    assert_eq!(status, json!({"running": false, "status": "guest-panicked"}));
}

#[test]
fn a_client_that_leaves_in_the_middle_of_a_command_disturbs_nothing() {
    let machine = Machine::start(PANIC, &["-action", "panic=pause"]);
    let mut stays = machine.negotiate();
    let mut leaves = machine.negotiate();
    leaves.send(r#"{"execute": "set-action", "arguments": {"panic": "po"#);
    drop(leaves);
    // One who never negotiates gets no events, and his leaving is no matter either.
    drop(machine.connect());

    stays.send(r#"{"execute": "cont"}"#);
    let lines = [stays.read(), stays.read(), stays.read(), stays.read()];
    let events: Vec<_> = lines.iter().filter_map(|line| line["event"].as_str()).collect();
    assert_eq!(events, ["RESUME", "GUEST_PANICKED", "STOP"]);

    let mut comes = machine.negotiate();
    let status = comes.succeed(r#"{"execute": "query-status"}"#);
    assert_eq!(status, json!({"running": false, "status": "guest-panicked"}));
}

#[test]
fn quit_answers_and_ends_the_process() {
    let machine = Machine::start("", &[]);
    let mut client = machine.negotiate();
    client.send(r#"{"execute": "quit", "id": "the end"}"#);
    assert_eq!(client.event("SHUTDOWN"), json!({"guest": false, "reason": "host-qmp-quit"}));
    assert_eq!(client.read(), json!({"return": {}, "id": "the end"}));
    assert_eq!(machine.wait().code(), Some(0));
}
