//! Drives the program over its socket.

#![cfg(target_os = "linux")]

use std::io::{self, BufRead, BufReader, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A generous limit: it only matters when something hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The running program. Dropping it kills the process.
struct Program {
    child: Child,
    path: PathBuf,
    _folder: TempDir,
}

impl Program {
    fn start(options: &[&str]) -> Program {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("timers.sock");
        let mut command = Command::new(env!("CARGO_BIN_EXE_epoll"));
        let child = command.arg(&path).args(options).spawn().expect("starts");
        Program { child, path, _folder: folder }
    }

    fn connect(&mut self) -> Client {
        let start = Instant::now();
        let stream = loop {
            match UnixStream::connect(&self.path) {
                Ok(stream) => break stream,
                Err(error) => {
                    assert!(self.child.try_wait().expect("asked").is_none(), "it has ended");
                    assert!(start.elapsed() < PATIENCE, "{error}");
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
        };
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        let mut client = Client(BufReader::new(stream));
        assert!(client.next().expect("a greeting")["QMP"].is_object());
        client
    }

    fn negotiate(&mut self) -> Client {
        let mut client = self.connect();
        assert_eq!(client.execute("qmp_capabilities", json!({})), json!({ "return": {} }));
        client
    }

    /// The number of threads of the process.
    fn threads(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("tasks").count()
    }

    /// The processor time that the process has used, in ticks.
    fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("a line");
        // The 12th and 13th fields after the name in parentheses: time in user mode and in the kernel.
        let fields = stat.rsplit(')').next().expect("fields").split_whitespace();
        fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("a number")).sum()
    }

    fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("asked") {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Some tests have ended the process already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Client(BufReader<UnixStream>);

impl Client {
    fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).expect("sends");
    }

    fn send_command(&mut self, name: &str, arguments: Value) {
        self.send(&json!({ "execute": name, "arguments": arguments }).to_string());
    }

    /// The next message; `None` once the connection has ended.
    fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("reads");
        (!line.is_empty()).then(|| serde_json::from_str(&line).expect("JSON"))
    }

    /// The next event of this name; skips other events and replies.
    fn event(&mut self, name: &str) -> Value {
        loop {
            let message = self.next().expect("an event");
            if message["event"] == name {
                return message["data"].clone();
            }
        }
    }

    fn reply(&mut self) -> Value {
        loop {
            let message = self.next().expect("a reply");
            if message.get("event").is_none() {
                return message;
            }
        }
    }

    fn execute(&mut self, name: &str, arguments: Value) -> Value {
        self.send_command(name, arguments);
        self.reply()
    }

    fn set(&mut self, name: &str, milliseconds: u32) {
        let reply = self.execute("set-timer", json!({ "name": name, "milliseconds": milliseconds }));
        assert_eq!(reply, json!({ "return": {} }));
    }

    /// Sets a timer and waits for it. Both commands go out together, so the wait has begun when this returns, or is
    /// about to.
    fn set_and_wait(&mut self, name: &str, milliseconds: u32) {
        let set =
            json!({ "execute": "set-timer", "arguments": { "name": name, "milliseconds": milliseconds } });
        let wait = json!({ "execute": "wait-timer", "arguments": { "name": name } });
        self.send(&format!("{set}{wait}"));
        assert_eq!(self.reply(), json!({ "return": {} }));
    }
}

#[test]
fn two_clients_get_the_event_of_a_timer() {
    let mut program = Program::start(&[]);
    let [mut a, mut b] = [program.negotiate(), program.negotiate()];
    a.set("tea", 1);
    assert_eq!(a.event("TIMER_EXPIRED"), json!({ "name": "tea" }));
    assert_eq!(b.event("TIMER_EXPIRED"), json!({ "name": "tea" }));
    assert_eq!(program.threads(), 1);
}

#[test]
fn an_event_that_comes_too_often_is_held_back_for_its_time() {
    let mut program = Program::start(&[]);
    let mut client = program.negotiate();
    let name =
        |name| json!({ "execute": "set-timer", "arguments": { "name": name, "milliseconds": 3_600_000 } });
    let start = Instant::now();
    client.send(&["a", "b", "c"].map(|timer| name(timer).to_string()).concat());
    assert_eq!(client.event("TIMERS_CHANGED"), json!({ "count": 1 }));
    // On a slow machine another event may come between the first and the newest, which the throttle delays.
    while client.event("TIMERS_CHANGED") != json!({ "count": 3 }) {}
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[test]
fn an_async_command_lets_others_go_on_and_is_abandoned_with_its_client() {
    let mut program = Program::start(&[]);
    let [mut waits, mut leaves, mut other] = [program.negotiate(), program.negotiate(), program.negotiate()];
    other.set("never", u32::MAX);
    waits.set_and_wait("tea", 200);
    leaves.send_command("wait-timer", json!({ "name": "never" }));
    let timers = other.execute("query-timers", json!({}));
    assert!(timers["return"]["timers"].is_array());
    drop(leaves);
    assert_eq!(waits.event("TIMER_EXPIRED"), json!({ "name": "tea" }));
    assert_eq!(waits.reply(), json!({ "return": {} }));
    let error = waits.execute("wait-timer", json!({ "name": "tea" }));
    assert_eq!(error["error"]["desc"], "No timer 'tea' runs");
    assert_eq!(program.threads(), 1);
}

#[test]
fn pipelined_commands_are_answered_in_order() {
    let mut program = Program::start(&[]);
    let mut client = program.negotiate();
    let commands: String = (0..1000)
        .map(|id| format!(r#"{{"execute": "query-timers", "id": {id}}}"#))
        .chain([r#"{"execute": "quit", "id": "last"}"#.to_owned()])
        .collect();
    client.send(&commands);
    // The client has closed only its sending direction and still reads.
    client.0.get_ref().shutdown(Shutdown::Write).expect("ends its direction");
    for id in 0..1000 {
        assert_eq!(client.reply(), json!({ "return": { "timers": [] }, "id": id }));
    }
    assert_eq!(client.reply(), json!({ "return": {}, "id": "last" }));
    assert_eq!(client.next(), None);
    assert!(program.wait().success());
}

#[test]
fn a_client_that_does_not_read_waits_for_itself_alone() {
    const COMMANDS: usize = 4000;
    let mut program = Program::start(&[]);
    let mut other = program.negotiate();
    for number in 0..200 {
        other.set(&format!("a timer with a rather long name, number {number}"), 3_600_000);
    }
    // An event would end the session of a client with so much unread output, so wait for the throttled one first.
    other.event("TIMERS_CHANGED");
    let mut deaf = program.negotiate();
    // About 15 KB each: in all more than the socket and the monitor can buffer.
    let query = r#"{"execute": "query-timers"}"#;
    let writer = deaf.0.get_ref().try_clone().expect("a clone");
    let writing = std::thread::spawn(move || (&writer).write_all(query.repeat(COMMANDS).as_bytes()));
    for _ in 0..50 {
        assert!(other.execute("query-timers", json!({}))["return"]["timers"].is_array());
    }
    // The loop does not spin on the blocked socket.
    let before = program.ticks();
    std::thread::sleep(Duration::from_millis(200));
    assert!(program.ticks() - before < 10, "it spins");
    for _ in 0..COMMANDS {
        assert_eq!(deaf.reply()["return"]["timers"].as_array().expect("a list").len(), 200);
    }
    writing.join().expect("no panic").expect("sends");
    assert_eq!(program.threads(), 1);
}

#[test]
fn a_client_that_has_left_costs_nothing() {
    let mut program = Program::start(&[]);
    let mut other = program.negotiate();
    other.set("tea", 3_600_000);
    for _ in 0..20 {
        let mut client = program.negotiate();
        client.send_command("wait-timer", json!({ "name": "tea" }));
        client.send(r#"{"execute": "half"#);
    }
    other.execute("query-timers", json!({}));
    let before = program.ticks();
    std::thread::sleep(Duration::from_millis(200));
    assert!(program.ticks() - before < 10, "it spins");
    let open = std::fs::read_dir(format!("/proc/{}/fd", program.child.id())).expect("descriptors").count();
    assert!(open < 15, "{open} descriptors are open");
}

#[test]
fn descriptors_come_with_their_command() {
    let mut program = Program::start(&[]);
    let mut client = program.negotiate();
    let (mut reader, writer) = io::pipe().expect("a pipe");
    let text = r#"{"execute": "set-timer", "arguments": {"name": "tea", "milliseconds": 1}}"#;
    let files = [writer.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    assert!(control.push(SendAncillaryMessage::ScmRights(&files)));
    let parts = [IoSlice::new(text.as_bytes())];
    rustix::net::sendmsg(client.0.get_ref(), &parts, &mut control, SendFlags::empty()).expect("sends");
    drop(writer);
    assert_eq!(client.reply(), json!({ "return": {} }));
    // The pipe ends when the program closes its descriptor, with the timer.
    assert_eq!(reader.read(&mut [0]).expect("the end"), 0);
}

#[test]
fn a_client_that_does_not_negotiate_is_dropped() {
    let mut program = Program::start(&["50"]);
    let mut silent = program.connect();
    assert_eq!(silent.next(), None);
    program.negotiate();
}

#[test]
fn a_signal_ends_it_when_what_runs_is_answered() {
    let mut program = Program::start(&[]);
    let [mut waits, mut idle] = [program.negotiate(), program.negotiate()];
    waits.set_and_wait("tea", 200);
    kill_process(Pid::from_child(&program.child), Signal::TERM).expect("a signal");
    while idle.next().is_some() {}
    assert!(!program.path.exists(), "the socket goes first");
    assert_eq!(waits.reply(), json!({ "return": {} }));
    assert_eq!(waits.next(), None);
    assert!(program.wait().success());
}
