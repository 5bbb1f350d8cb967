//! Serves under exactly the system calls that `docs/sandbox.md` lists.
//!
//! Each case is a process of its own, since a process cannot take such a list back.

// Which calls the C library makes for a thread or for memory is its own affair.
#![cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    feature = "threads"
))]
// Tests are built with the workspace's Rust, not with the older one that the crate states.
#![allow(clippy::incompatible_msrv)]

mod bed;
#[path = "sandbox/child.rs"]
mod child;
#[path = "sandbox/conversation.rs"]
mod conversation;
#[path = "sandbox/list.rs"]
mod list;
#[path = "sandbox/own_loop.rs"]
mod own_loop;
mod session_stub;

use bed::LONG;
use child::{NO_FILTERS, Task};
use conversation::Conversation;
use list::{Need, Transport};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What the processes are that tests start. Nothing to do otherwise.
#[test]
fn the_process_under_test() {
    child::run();
}

/// A process that serves under the list of calls, or a part of it.
struct Process {
    child: Child,
    path: PathBuf,
    _folder: TempDir,
}

impl Process {
    fn start(transport: Transport, without: &[&str], task: Task) -> Process {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("qmp");
        let child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "the_process_under_test", "--nocapture", "--test-threads=1"])
            .env(child::SOCKET, &path)
            .env(child::TRANSPORT, transport.to_string())
            .env(child::WITHOUT, without.join(","))
            .env(child::TASK, task.name())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            // What is refused may be told there, as tokio does.
            .stderr(if task == Task::Overstep { Stdio::null() } else { Stdio::inherit() })
            .spawn()
            .expect("starts");
        Process { child, path, _folder: folder }
    }

    /// Waits until the process has restricted itself. Returns whether it could.
    fn is_restricted(&mut self) -> bool {
        let status = format!("/proc/{}/status", self.child.id());
        let start = Instant::now();
        loop {
            if self.child.try_wait().expect("asked").is_some() {
                return false;
            }
            let text = std::fs::read_to_string(&status).unwrap_or_default();
            // All threads get them at once: one for what is refused, one for the rest.
            if text.lines().any(|line| line.split_whitespace().eq(["Seccomp_filters:", "2"])) {
                return true;
            }
            assert!(start.elapsed() < LONG, "it does not begin");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until it has ended, but not for ever.
    fn wait(mut self, limit: Duration) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("asked") {
                return status;
            }
            if start.elapsed() > limit {
                self.child.kill().expect("killed");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already unless the test fails.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Has a process serve a conversation; returns how that went and how the process ended.
fn serve(transport: Transport, without: &[&str], task: Task) -> (std::io::Result<()>, ExitStatus) {
    let mut process = Process::start(transport, without, task);
    let told = if process.is_restricted() {
        Conversation::new(&process.path, transport).whole()
    } else {
        Err(std::io::ErrorKind::NotConnected.into())
    };
    // Where the conversation has failed, the process is dead already, or has lost its way.
    let limit = if told.is_ok() { LONG } else { Duration::from_secs(5) };
    (told, process.wait(limit))
}

/// Whether the kernel lets a process restrict itself; says so if not.
fn has_filters() -> bool {
    let (_, status) = serve(Transport::Threads, &[], Task::Serve);
    let has = status.code() != Some(NO_FILTERS);
    if !has {
        qapi_test_support::skipped("system calls under a filter", "the kernel lets us install none");
    }
    has
}

#[test]
fn the_list_is_enough() {
    if !has_filters() {
        return;
    }
    for transport in Transport::ALL {
        let (told, status) = serve(*transport, &[], Task::Serve);
        assert_eq!(status.code(), Some(0), "{transport}: {status}: a call is missing on the list; {told:?}");
        told.unwrap_or_else(|error| panic!("{transport}: {error}"));
    }
}

#[test]
fn the_list_has_nothing_that_is_not_needed() {
    if !has_filters() {
        return;
    }
    let mut unused = Vec::new();
    for transport in Transport::ALL {
        for call in list::calls(*transport).iter().filter(|call| call.need == Need::Always) {
            let (_, status) = serve(*transport, &[call.name], Task::Serve);
            if status.signal() != Some(rustix::process::Signal::SYS.as_raw()) {
                unused.push(format!("{transport}: {}: {status}", call.name));
            }
        }
    }
    assert!(unused.is_empty(), "not called:\n{}", unused.join("\n"));
}

#[test]
fn what_is_not_on_the_list_is_an_error_and_clients_are_served_on() {
    if !has_filters() {
        return;
    }
    for transport in Transport::ALL.iter().filter(|transport| **transport != Transport::Loop) {
        let (told, status) = serve(*transport, &[], Task::Overstep);
        assert_eq!(status.code(), Some(0), "{transport}: {status}; {told:?}");
        told.unwrap_or_else(|error| panic!("{transport}: {error}"));
    }
}

/// The calls that start threads.
const THREADS: [&str; 2] = ["clone", "clone3"];

#[test]
fn a_client_that_can_have_no_thread_is_not_counted() {
    if !has_filters() {
        return;
    }
    let mut process = Process::start(Transport::Threads, &THREADS, Task::Count);
    assert!(process.is_restricted());
    Conversation::new(&process.path, Transport::Threads).is_refused().expect("refused");
    assert_eq!(process.wait(LONG).code(), Some(0), "so many sessions are left");
}

#[test]
#[cfg(feature = "tokio")]
fn a_command_that_can_have_no_thread_is_answered() {
    if !has_filters() {
        return;
    }
    let mut process = Process::start(Transport::Tokio, &THREADS, Task::Overstep);
    assert!(process.is_restricted());
    Conversation::new(&process.path, Transport::Tokio).blocking_fails().expect("answered");
    assert_eq!(process.wait(LONG).code(), Some(0));
}
