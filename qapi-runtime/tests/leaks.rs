//! What sessions leave behind: threads and descriptors of the whole process, so these tests run one at a time.

#![cfg(all(target_os = "linux", feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, HELLO, HELLO_OOB, Kind, start, until};
use std::fs;
use std::sync::{Mutex, MutexGuard};

bed::on_each_transport! {
    pipelined_sessions_leave_nothing_behind,
    clients_that_left_hold_nothing_behind_a_slow_command,
    clients_killed_at_any_moment_leave_nothing_behind,
}

fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Threads of sessions, which are named after them, and sockets. What the tests' harness and tokio have is neither.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    threads: usize,
    sockets: usize,
}

fn held() -> Held {
    let names = fs::read_dir("/proc/self/task").expect("threads").filter_map(|thread| {
        // A thread may end meanwhile.
        fs::read_to_string(thread.ok()?.path().join("comm")).ok()
    });
    let targets = fs::read_dir("/proc/self/fd")
        .expect("descriptors")
        .filter_map(|descriptor| fs::read_link(descriptor.ok()?.path()).ok());
    Held {
        threads: names.filter(|name| is_of_a_session(name)).count(),
        sockets: targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count(),
    }
}

fn is_of_a_session(thread: &str) -> bool {
    thread.strip_prefix("qmp-").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn until_back_at(before: &Held) {
    until("threads and sockets are given back", || {
        let now = held();
        now.threads <= before.threads && now.sockets <= before.sockets
    });
}

fn pipelined_sessions_leave_nothing_behind(kind: Kind) {
    let _alone = alone();
    let fixture = start(kind);
    let before = held();
    for round in 0..50 {
        let mut client = Client::greeted(&fixture.path, HELLO_OOB);
        let calls =
            r#"{"execute": "query-status"}"#.to_owned() + &r#"{"execute": "query-version"}"#.repeat(20);
        client.send(&calls);
        // Some leave at once, others after a part of the replies, or all.
        client.replies(round % 22);
    }
    until("the sessions are over", || fixture.monitor.sessions() == 0);
    until_back_at(&before);
}

fn clients_that_left_hold_nothing_behind_a_slow_command(kind: Kind) {
    let _alone = alone();
    let fixture = start(kind);
    let mut slow = Client::negotiated(&fixture.path);
    slow.send(r#"{"execute": "blockdev-add"}"#);
    fixture.server.gate.until_waited_at();
    let before = held();
    for hello in [HELLO, HELLO_OOB] {
        let mut clients: Vec<_> = (0..100).map(|_| Client::greeted(&fixture.path, hello)).collect();
        let queued = if hello == HELLO { 1 } else { 7 };
        clients.iter_mut().for_each(|client| client.send(&r#"{"execute": "query-name"}"#.repeat(queued)));
        drop(clients);
        until_back_at(&before);
    }
    fixture.server.gate.open();
    assert_eq!(slow.line(), "{\"return\": {}}");
}

fn clients_killed_at_any_moment_leave_nothing_behind(kind: Kind) {
    let _alone = alone();
    let fixture = start(kind);
    fixture.server.gate.open();
    let before = held();
    let conversation = [
        HELLO_OOB,
        r#"{"execute": "await", "id": 1}{"execute": "blockdev-add", "id": 2}{"exec-oob": "query-yank"}"#,
        r#"{"execute": "cont"}{"execute": "query-status", "id": "#,
    ]
    .concat();
    for end in 0..conversation.len() {
        let mut client = Client::connect(&fixture.path);
        client.send(&conversation[..end]);
    }
    until_back_at(&before);
    assert_eq!(fixture.monitor.sessions(), 0);
}
