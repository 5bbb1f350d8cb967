//! Every kind of stderr that takes no output: the process still serves its clients, and ends on request.

// /dev/full and the capacity of a pipe exist only on Linux.
#![cfg(target_os = "linux")]

#[path = "support/mod.rs"]
mod support;

use std::fs::File;
use std::io::pipe;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tempfile::TempDir;

use support::{FullPipe, Vmm, event, folder_with, guest, program};

/// A guest that causes many log lines before it panics.
fn noisy_guest() -> TempDir {
    folder_with("noisy.guest", &("hlt\n".repeat(5000) + "outb 0x505 1\n"))
}

/// A full device.
fn full_device() -> Stdio {
    File::options().write(true).open("/dev/full").expect("Linux has it").into()
}

/// A pipe without a reader.
fn broken_pipe() -> Stdio {
    let (_, writer) = pipe().expect("a pipe");
    writer.into()
}

/// The program with a closed stderr. Only a shell can close it.
fn with_closed_stderr() -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"exec "$0" "$@" 2>&-"#]).arg(program().get_program());
    shell
}

fn program_with(stderr: Stdio) -> Command {
    let mut command = program();
    command.stderr(stderr);
    command
}

/// Runs the guest until its panic stops it, asks for the status, and ends the process by SIGTERM.
fn outlives_a_panic_and_ends_by_sigterm(mut command: Command) {
    let folder = noisy_guest();
    let qmp = format!("unix:{}", folder.path().join("qmp").display());
    command.args(["-S", "-action", "panic=pause", "-qmp", &qmp]).args(guest(&folder, "noisy.guest"));
    let mut vmm = Vmm::spawn_as_it_is(folder, command.stdin(Stdio::null()).stdout(Stdio::null()));
    let mut client = vmm.negotiate();
    client.cont_until("STOP");
    assert_eq!(client.execute("query-status")["return"]["status"], "guest-panicked");
    kill_process(Pid::from_child(vmm.child()), Signal::TERM).expect("the process is there");
    let data = json!({ "guest": false, "reason": "host-signal" });
    assert_eq!(client.read_to_end(), [event("SHUTDOWN", data)]);
    assert_eq!(vmm.wait().code(), Some(0));
}

#[test]
fn a_full_device() {
    outlives_a_panic_and_ends_by_sigterm(program_with(full_device()));
}

#[test]
fn a_closed_stderr() {
    outlives_a_panic_and_ends_by_sigterm(with_closed_stderr());
}

#[test]
fn a_pipe_without_a_reader() {
    outlives_a_panic_and_ends_by_sigterm(program_with(broken_pipe()));
}

#[test]
fn a_full_pipe() {
    let FullPipe { writer, reader: _reader, size: _ } = FullPipe::new();
    outlives_a_panic_and_ends_by_sigterm(program_with(writer.into()));
}

#[test]
fn an_error_that_nobody_can_read_is_still_an_exit_status() {
    let FullPipe { writer: full_pipe, reader: _reader, size: _ } = FullPipe::new();
    let commands = [
        program_with(full_device()),
        with_closed_stderr(),
        program_with(broken_pipe()),
        program_with(full_pipe.into()),
    ];
    for mut command in commands {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut vmm = Vmm::spawn_as_it_is(folder, command.arg("-bogus").stdin(Stdio::null()));
        assert_eq!(vmm.wait().code(), Some(1), "{command:?}");
    }
}

#[test]
fn what_can_be_written_is_written_before_the_end() {
    let folder = noisy_guest();
    let args = [vec!["-S".to_owned()], guest(&folder, "noisy.guest").to_vec()].concat();
    let mut vmm = Vmm::start_in(folder, &args);
    vmm.negotiate();
    kill_process(Pid::from_child(vmm.child()), Signal::TERM).expect("the process is there");
    assert_eq!(vmm.wait().code(), Some(0));
    vmm.wait_for_log("terminating on signal 15");
}
