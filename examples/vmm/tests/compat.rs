//! `-compat`: the effect of a policy on clients. A policy applies only to one part of the interface, the unstable
//! command `x-exit-preconfig`; nothing is deprecated.

#[path = "support/mod.rs"]
mod support;

use serde_json::{Value, json};

use support::Vmm;

/// The commands in the answer to `query-qmp-schema`.
fn commands(reply: &Value) -> Vec<&Value> {
    let entries = reply["return"].as_array().expect("a list of entries");
    entries.iter().filter(|entry| entry["meta-type"] == "command").map(|entry| &entry["name"]).collect()
}

#[test]
fn unstable_input_is_accepted_unless_the_policy_says_otherwise() {
    for options in [&["-preconfig", "-S"][..], &["-preconfig", "-S", "-compat", "deprecated-input=crash"]] {
        let mut vmm = Vmm::start(options);
        let mut client = vmm.negotiate();
        assert_eq!(client.execute("x-exit-preconfig"), json!({ "return": {} }), "{options:?}");
        vmm.quit(&mut client);
    }
}

#[test]
fn unstable_input_may_be_rejected() {
    let mut vmm = Vmm::start(&["-preconfig", "-S", "-compat", "unstable-input=reject"]);
    let mut client = vmm.negotiate();
    let desc = "Unstable command x-exit-preconfig disabled by policy";
    let refused = json!({ "error": { "class": "CommandNotFound", "desc": desc } });
    assert_eq!(client.execute("x-exit-preconfig"), refused);
    // The machine is still to be set up.
    assert_eq!(client.execute("cont")["error"]["class"], "GenericError");
    vmm.quit(&mut client);
}

#[test]
fn unstable_output_may_be_hidden() {
    let mut shown = Vmm::start(&["-S"]);
    let mut hidden = Vmm::start(&["-S", "-compat", r#"{"unstable-output": "hide"}"#]);
    let (mut first, mut second) = (shown.negotiate(), hidden.negotiate());
    let (all, stable) = (first.execute("query-qmp-schema"), second.execute("query-qmp-schema"));
    let unstable: Vec<&Value> =
        commands(&all).into_iter().filter(|name| !commands(&stable).contains(name)).collect();
    assert_eq!(unstable, ["x-exit-preconfig"]);
    shown.quit(&mut first);
    hidden.quit(&mut second);
}

/// Only on Linux: the tests need a pipe's capacity and fill level.
#[cfg(target_os = "linux")]
mod crash {
    use std::io::{Read, Write, pipe};
    use std::os::unix::process::ExitStatusExt;
    use std::time::Duration;

    use rustix::io::ioctl_fionread;
    use rustix::process::Signal;
    use serde_json::{Value, json};

    use crate::support::{FullPipe, Vmm, program};

    const COMMANDS: &[u8] = br#"{"execute": "qmp_capabilities"}
        {"execute": "query-status", "id": 1}
        {"execute": "x-exit-preconfig", "id": 2}
        {"execute": "query-status", "id": 3}"#;

    /// The process aborts instead of replying, but first writes the replies to the earlier commands.
    ///
    /// Stdout is full until the process has read all commands, so any reply that the process does not wait for is lost.
    #[test]
    fn no_earlier_reply_is_lost() {
        let stdout = FullPipe::new();
        let (reader, mut stdin) = pipe().expect("a pipe");
        stdin.write_all(COMMANDS).expect("the pipe has room");
        let mut vmm = {
            let mut command = program();
            command.args(["-preconfig", "-S", "-compat", "unstable-input=crash", "-qmp", "stdio"]);
            command.stdin(reader).stdout(stdout.writer);
            // Dropping the command closes its ends of the pipes here.
            Vmm::spawn(tempfile::tempdir().expect("a temporary folder"), &mut command)
        };
        while ioctl_fionread(&stdin).expect("a pipe") > 0 {
            std::thread::sleep(Duration::from_millis(2));
        }
        let mut text = String::new();
        { stdout.reader }.read_to_string(&mut text).expect("ASCII");
        assert_eq!(vmm.wait().signal(), Some(Signal::ABORT.as_raw()));
        vmm.wait_for_log("x-exit-preconfig");
        let lines: Vec<Value> =
            text[stdout.size..].lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(lines.len(), 3, "the greeting and two replies: {lines:?}");
        assert_eq!(lines[1], json!({ "return": {} }));
        assert_eq!(lines[2]["id"], 1);
    }
}
