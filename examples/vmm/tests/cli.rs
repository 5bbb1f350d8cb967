//! The program from outside: its options, its monitors and its guest.

#[path = "support/mod.rs"]
mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use support::{Vmm, event, folder_with, guest, program};

const PANIC: &str = "outb 0x505 1\n";

fn run(args: &[&str]) -> Output {
    support::run(program().args(args), b"")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn options(parts: &[&[String]]) -> Vec<String> {
    parts.concat()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

#[test]
fn help_lists_actions_and_options() {
    for option in ["-h", "--help"] {
        let output = run(&[option]);
        assert_eq!(output.status.code(), Some(0));
        let help = text(&output.stdout);
        assert!(help.contains("panic=poweroff|pause|none (default: poweroff)"), "{help}");
        assert!(help.contains("-qmp DEV") && help.contains("-guest DEV"), "{help}");
    }
    let output = run(&["-action", "help"]);
    assert_eq!(output.status.code(), Some(1), "as QEMU does");
    assert!(text(&output.stdout).contains("watchdog=reset|shutdown|poweroff|pause|debug|none|inject-nmi"));
}

#[test]
fn a_bad_action_is_refused_before_anything_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("qmp");
    let qmp = format!("unix:{}", socket.display());
    let cases: [&[&str]; 4] = [
        &["-action", "panic=bogus"],
        &["-action", "panic=bogus", "-action", "panic=none"],
        &["-watchdog-action", "bogus", "-action", "watchdog=none"],
        &["-action", "bogus=pause"],
    ];
    for case in cases {
        let output = run(&[&["-qmp", &qmp], case].concat());
        assert_eq!(output.status.code(), Some(1), "{case:?}");
        let message = text(&output.stderr);
        assert!(message.contains("'bogus'") && message.contains("panic=poweroff|pause|none"), "{message}");
        assert!(!socket.exists(), "nothing was started");
    }
}

#[test]
fn the_first_command_of_the_readme() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/panic.guest");
    let mut command = program();
    command.args(["-S", "-action", "panic=none", "-qmp", "stdio", "-guest", script]);
    // The input ends at once, which must not end the machine.
    let output = support::run(&mut command, br#"{"execute":"qmp_capabilities"}{"execute":"cont"}"#);
    assert_eq!(output.status.code(), Some(0));
    let lines: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let position = |name: &str| lines.iter().position(|line| line["event"] == name);
    let panicked = position("GUEST_PANICKED").expect("GUEST_PANICKED");
    assert_eq!(lines[panicked]["data"]["action"], "run");
    assert!(position("SHUTDOWN").expect("SHUTDOWN") > panicked, "{lines:?}");
}

#[test]
fn a_guest_without_a_monitor_ends_by_itself() {
    let folder = folder_with("off.guest", "outw 0x604 0x2000\n");
    let output = support::run(program().args(guest(&folder, "off.guest")), b"");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_guest_may_come_from_standard_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let qmp = format!("unix:{}", folder.path().join("qmp").display());
    let mut command = program();
    command.args(["-action", "panic=pause", "-qmp", &qmp, "-guest", "-"]);
    let mut vmm = Vmm::spawn(folder, command.stdin(Stdio::piped()));
    let mut client = vmm.negotiate();
    let stdin = vmm.child().stdin.as_mut().expect("a pipe");
    stdin.write_all(PANIC.as_bytes()).expect("the program reads");
    client.read_event("GUEST_PANICKED");
    client.read_event("STOP");
    vmm.quit(&mut client);
}

#[test]
fn a_bad_line_of_the_script_is_reported_and_skipped() {
    let script = format!("# a comment\nhlt\noutb 0x505\n{}\n{PANIC}", "x".repeat(5000));
    let folder = folder_with("bad.guest", &script);
    let args = options(&[&words(&["-S", "-action", "panic=none"]), &guest(&folder, "bad.guest")]);
    let mut vmm = Vmm::start_in(folder, &args);
    let mut client = vmm.negotiate();
    client.cont_until("GUEST_PANICKED");
    vmm.wait_for_log("line 2: unknown access 'hlt'");
    vmm.wait_for_log("line 3: 'outb' takes 2 operands, found 1");
    vmm.wait_for_log("line 4: longer than 4096 bytes");
    vmm.wait_for_log("its script is at the end");
    assert_eq!(client.execute("query-status")["return"]["status"], "running", "the machine stays up");
    vmm.quit(&mut client);
}

#[test]
fn crash_parameters_are_told() {
    let writes: String = (1u64..=5).map(|n| format!("wrmsr {:#x} {n}\n", 0x4000_00ff + n)).collect();
    let folder = folder_with("crash.guest", &(writes + "wrmsr 0x40000105 0x8000000000000000\n"));
    let args = options(&[&words(&["-S", "-action", "panic=none"]), &guest(&folder, "crash.guest")]);
    let mut vmm = Vmm::start_in(folder, &args);
    let mut client = vmm.negotiate();
    let info = json!({ "type": "hyper-v", "arg1": 1, "arg2": 2, "arg3": 3, "arg4": 4, "arg5": 5 });
    let expected = event("GUEST_PANICKED", json!({ "action": "run", "info": info }));
    assert_eq!(client.cont_until("GUEST_PANICKED").pop(), Some(expected));
    vmm.wait_for_log("crash parameters: 0x1 0x2 0x3 0x4 0x5");
    vmm.quit(&mut client);
}

#[test]
fn set_action_changes_what_is_given_and_the_next_event_uses_it() {
    let folder = folder_with("guest", &PANIC.repeat(3));
    let args = options(&[&words(&["-S"]), &guest(&folder, "guest")]);
    let mut vmm = Vmm::start_in(folder, &args);
    let mut client = vmm.negotiate();
    let done = json!({ "return": {} });
    assert_eq!(client.execute_with("set-action", json!({ "panic": "pause", "shutdown": "pause" })), done);
    client.cont_until("STOP");
    // The command fails as a whole, so the panic action keeps its value.
    let refused = client.execute_with("set-action", json!({ "panic": "none", "reboot": "reset" }));
    assert_eq!(refused["error"]["class"], "GenericError");
    client.cont_until("STOP");
    assert_eq!(client.execute("query-status")["return"]["status"], "guest-panicked");
    assert_eq!(client.execute_with("set-action", json!({ "panic": "poweroff" })), done);
    let events = client.cont_until("STOP");
    assert_eq!(events[1], event("GUEST_PANICKED", json!({ "action": "poweroff" })));
    // The shutdown action is still `pause`.
    assert_eq!(client.execute("query-status")["return"]["status"], "shutdown");
    assert_eq!(client.execute("cont")["error"]["class"], "GenericError");
    vmm.quit(&mut client);
}

#[test]
fn the_watchdog_event_is_limited_in_rate() {
    let folder = folder_with("guest", &"outb 0x443 15\n".repeat(5));
    let args = options(&[&words(&["-S", "-action", "watchdog=none"]), &guest(&folder, "guest")]);
    let mut vmm = Vmm::start_in(folder, &args);
    let mut client = vmm.negotiate();
    let first = client.cont_until("WATCHDOG");
    assert_eq!(first, [event("RESUME", Value::Null), event("WATCHDOG", json!({ "action": "none" }))]);
    vmm.wait_for_log("its script is at the end");
    // The throttle combines the other four into one event, which comes later.
    assert_eq!(client.read_event("WATCHDOG").len(), 1);
    assert_eq!(client.execute_and_collect("query-status").len(), 1);
    vmm.quit(&mut client);
}

#[test]
fn the_guest_may_come_through_sockets() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("guest");
    // A socket that a killed process has left behind.
    drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket"));
    let args = words(&["-action", "panic=none", "-guest", &format!("unix:{}", path.display())]);
    let mut vmm = Vmm::start_in(folder, &args);
    let mut client = vmm.negotiate();
    for _ in 0..2 {
        vmm.connect_to("guest").write_all(PANIC.as_bytes()).expect("the machine reads");
        client.read_event("GUEST_PANICKED");
    }
    vmm.quit(&mut client);
    assert!(!path.exists(), "it is gone");

    let args = words(&["-action", "panic=none", "-guest", "tcp:127.0.0.1:0"]);
    let mut vmm = Vmm::start(&args);
    let mut client = vmm.negotiate();
    let address = vmm.log_after("the guest's script is expected on ");
    let mut guest = TcpStream::connect(address.trim()).expect("the machine listens");
    guest.write_all(PANIC.as_bytes()).expect("the machine reads");
    client.read_event("GUEST_PANICKED");
    vmm.quit(&mut client);
}

#[test]
fn preconfig_allows_configuring_only() {
    let mut vmm = Vmm::start(&["--preconfig", "-S"]);
    let mut client = vmm.negotiate();
    assert_eq!(client.execute_with("set-action", json!({ "panic": "none" })), json!({ "return": {} }));
    let refused = client.execute("cont");
    assert!(refused["error"]["desc"].as_str().expect("a text").contains("'cont'"), "{refused}");
    assert_eq!(client.execute("query-status")["return"]["status"], "prelaunch");
    assert_eq!(client.execute("x-exit-preconfig"), json!({ "return": {} }));
    assert_eq!(client.execute("x-exit-preconfig")["error"]["class"], "GenericError");
    let resumed = [event("RESUME", Value::Null), json!({ "return": {} })];
    assert_eq!(client.execute_and_collect("cont"), resumed);
    vmm.quit(&mut client);
}

#[test]
fn after_preconfig_the_guest_runs_unless_it_is_to_wait() {
    let mut vmm = Vmm::start(&["-preconfig"]);
    let mut client = vmm.negotiate();
    let started = [event("RESUME", Value::Null), json!({ "return": {} })];
    assert_eq!(client.execute_and_collect("x-exit-preconfig"), started);
    assert_eq!(client.execute_and_collect("cont"), [json!({ "return": {} })]);
    vmm.quit(&mut client);
}

#[test]
fn signals_end_it_whatever_the_actions_say() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let mut vmm = Vmm::start(&["-S", "-no-shutdown"]);
        let mut client = vmm.negotiate();
        kill_process(Pid::from_child(vmm.child()), signal).expect("the process is there");
        let data = json!({ "guest": false, "reason": "host-signal" });
        assert_eq!(client.read_to_end(), [event("SHUTDOWN", data)]);
        assert_eq!(vmm.wait().code(), Some(0));
    }
}

#[test]
fn monitors_may_be_several_and_of_each_kind() {
    let mut vmm = Vmm::start(&["-S", "-qmp", "tcp:127.0.0.1:0,server=on,wait=off"]);
    let mut unix = vmm.negotiate();
    let address = vmm.log_after("the monitor listens on ");
    let mut tcp = TcpStream::connect(address.trim()).expect("the monitor listens");
    let mut lines = BufReader::new(tcp.try_clone().expect("a socket can be cloned")).lines();
    let mut next = || lines.next().expect("a line").expect("a line");
    assert!(next().starts_with(r#"{"QMP": "#));
    tcp.write_all(br#"{"execute": "qmp_capabilities"} {"execute": "cont"}"#).expect("the monitor reads");
    assert_eq!(next(), r#"{"return": {}}"#);
    assert!(next().contains(r#""event": "RESUME""#));
    unix.read_event("RESUME");
    vmm.quit(&mut unix);
}

#[test]
fn the_socket_of_a_dead_process_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(std::os::unix::net::UnixListener::bind(folder.path().join("qmp")).expect("a socket"));
    let mut vmm = Vmm::start_in(folder, &["-S"]);
    let mut client = vmm.negotiate();
    vmm.quit(&mut client);
}

#[test]
fn two_clients_get_all_events() {
    let folder = folder_with("guest", PANIC);
    let args = options(&[&words(&["-S", "-action", "panic=pause"]), &guest(&folder, "guest")]);
    let mut vmm = Vmm::start_in(folder, &args);
    let mut first = vmm.negotiate();
    let mut second = vmm.negotiate();
    let mut idle = vmm.connect();
    first.cont_until("STOP");
    let names: Vec<Value> = second.read_event("STOP").iter().map(|line| line["event"].clone()).collect();
    assert_eq!(names, ["RESUME", "GUEST_PANICKED", "STOP"]);
    // A client that has not negotiated gets no events: the next line is the reply.
    assert_eq!(idle.execute_and_collect("qmp_capabilities"), [json!({ "return": {} })]);
    vmm.quit(&mut second);
    assert_eq!(first.read_to_end().len(), 1, "SHUTDOWN");
}

#[test]
fn a_client_that_leaves_in_the_middle_disturbs_nothing() {
    let mut vmm = Vmm::start(&["-S"]);
    let mut staying = vmm.negotiate();
    for half in [r#"{"execute": "set-act"#, r#"{"execute": "cont", "id": [1, {"a": "#, "\"", "[[[["] {
        let mut leaving = vmm.negotiate();
        leaving.send(half);
        drop(leaving);
        assert_eq!(staying.execute("query-status")["return"]["status"], "prelaunch");
    }
    // A complete command is executed, even if its client does not wait for the reply.
    let mut leaving = vmm.negotiate();
    leaving.send(r#"{"execute": "cont"}"#);
    drop(leaving);
    staying.read_event("RESUME");
    vmm.quit(&mut staying);
}

#[test]
fn a_busy_guest_does_not_lock_commands_out() {
    let folder = folder_with("busy.guest", &"outb 0x80 0\n".repeat(200_000));
    let args = options(&[&words(&["-S"]), &guest(&folder, "busy.guest")]);
    let mut vmm = Vmm::start_in(folder, &args);
    let mut client = vmm.negotiate();
    client.execute("cont");
    for _ in 0..50 {
        assert_eq!(client.execute("query-status")["return"]["running"], true);
    }
    assert_eq!(client.execute_and_collect("stop").len(), 2);
    vmm.quit(&mut client);
}

#[test]
fn what_cannot_be_opened_is_an_error() {
    for args in [
        ["-guest", "/nonexistent/guest"],
        ["-qmp", "unix:/nonexistent/qmp"],
        ["-qmp", "tcp:127.0.0.1:notaport"],
        ["-qmp", "tcp:0.0.0.0:0"],
    ] {
        let output = run(&args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(text(&output.stderr).contains(args[1]), "{args:?}: {}", text(&output.stderr));
    }
}

/// `-h` lists every option.
#[test]
fn help_is_complete() {
    let help = text(&run(&["-h"]).stdout);
    for option in [
        "-action",
        "-no-shutdown",
        "-no-reboot",
        "-watchdog-action",
        "-compat",
        "-S",
        "-preconfig",
        "-qmp",
        "-guest",
        "-h",
    ] {
        assert!(help.lines().any(|line| line.split_whitespace().next() == Some(option)), "{option}");
    }
}
