//! Drives the program with clients of both roles.

use std::fs::File;
use std::io::{BufRead, BufReader, IoSlice, Lines, Read, Seek, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A generous limit: it only matters when something hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The running program. Dropping it kills the process.
struct Program {
    child: Child,
    log: Lines<BufReader<ChildStdout>>,
    folder: TempDir,
}

impl Program {
    /// Starts the program, which creates its sockets in a new folder.
    fn start(options: &[&str]) -> Program {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_roles"));
        for role in ["admin", "observer"] {
            command.arg(format!("--{role}")).arg(folder.path().join(role));
        }
        Program::spawn(command.args(options), folder)
    }

    fn spawn(command: &mut Command, folder: TempDir) -> Program {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("starts");
        let log = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Program { child, log, folder }
    }

    fn path(&self, role: &str) -> PathBuf {
        self.folder.path().join(role)
    }

    fn connect(&mut self, role: &str) -> Client {
        let (path, start) = (self.path(role), Instant::now());
        loop {
            match UnixStream::connect(&path) {
                Ok(stream) => return Client::new(stream),
                Err(error) => {
                    assert!(self.child.try_wait().expect("asked").is_none(), "it has ended");
                    assert!(start.elapsed() < PATIENCE, "{error}");
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
        }
    }

    /// The next line of the audit log that contains this text.
    fn audited(&mut self, text: &str) -> String {
        loop {
            let line = self.log.next().expect("a line").expect("text");
            if line.contains(text) {
                return line;
            }
        }
    }

    fn quit(mut self, admin: &mut Client) {
        assert_eq!(admin.execute("quit", json!({})), json!({ "return": {} }));
        assert!(self.child.wait().expect("ends").success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Some tests have ended the process already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client after the negotiation.
struct Client(BufReader<UnixStream>);

impl Client {
    fn new(stream: UnixStream) -> Client {
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        let mut client = Client(BufReader::new(stream));
        assert!(client.next()["QMP"].is_object());
        assert_eq!(client.execute("qmp_capabilities", json!({})), json!({ "return": {} }));
        client
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("reads");
        serde_json::from_str(&line).expect("JSON")
    }

    fn reply(&mut self) -> Value {
        loop {
            let message = self.next();
            if message.get("event").is_none() {
                return message;
            }
        }
    }

    fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).expect("sends");
    }

    fn execute(&mut self, name: &str, arguments: Value) -> Value {
        self.send(&json!({ "execute": name, "arguments": arguments }).to_string());
        self.reply()
    }

    /// Executes a command with descriptors.
    fn execute_with(&mut self, name: &str, files: &[BorrowedFd<'_>]) -> Value {
        let text = json!({ "execute": name }).to_string();
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        assert!(control.push(SendAncillaryMessage::ScmRights(files)));
        let parts = [IoSlice::new(text.as_bytes())];
        rustix::net::sendmsg(self.0.get_ref(), &parts, &mut control, SendFlags::empty()).expect("sends");
        self.reply()
    }

    fn commands(&mut self) -> Vec<String> {
        let reply = self.execute("query-commands", json!({}));
        let commands = reply["return"].as_array().expect("a list");
        commands.iter().map(|command| command["name"].as_str().expect("a name").to_owned()).collect()
    }
}

#[test]
fn each_role_has_its_commands_and_both_hear_events() {
    let mut program = Program::start(&[]);
    let [mut admin, mut observer] = ["admin", "observer"].map(|role| program.connect(role));
    let all = admin.commands();
    let some = observer.commands();
    for name in ["set-lamp", "add-log-file", "query-metrics", "quit"] {
        assert!(all.iter().any(|known| known == name) && some.iter().all(|known| known != name), "{name}");
        let refused = observer.execute(name, json!({}));
        assert_eq!(refused["error"]["class"], "CommandNotFound", "{name}");
    }
    assert_eq!(admin.execute("set-lamp", json!({ "percent": 40 })), json!({ "return": {} }));
    let event = observer.next();
    assert_eq!((&event["event"], &event["data"]), (&json!("LAMP_CHANGED"), &json!({ "percent": 40 })));
    assert_eq!(observer.execute("query-lamp", json!({})), json!({ "return": { "percent": 40 } }));
    program.quit(&mut admin);
}

#[test]
fn sockets_are_for_those_whom_their_role_is_for() {
    let mut program = Program::start(&[]);
    program.connect("observer");
    let mode = |path: &Path| std::fs::metadata(path).expect("a socket").permissions().mode() & 0o777;
    assert_eq!(mode(&program.path("admin")), 0o600);
    assert_eq!(mode(&program.path("observer")), 0o666);
}

#[test]
fn the_audit_log_names_who_did_what_and_what_became_of_it() {
    let mut program = Program::start(&[]);
    let mut observer = program.connect("observer");
    observer.send(r#"{"execute": "set-lamp\nforged line", "arguments": {"percent": 77}, "id": 7}"#);
    observer.reply();
    let line = program.audited(" id=7 ");
    let user = rustix::process::getuid().as_raw();
    assert!(line.contains(" listener=observer peer=unix:pid="), "{line}");
    // Only Linux reports credentials.
    if cfg!(target_os = "linux") {
        assert!(line.contains(&format!(",uid={user},")), "{line}");
    }
    assert!(line.ends_with(r" command=set-lamp\nforged line id=7 result=CommandNotFound"), "{line}");
    observer.execute("query-lamp", json!({}));
    let line = program.audited("query-lamp");
    assert!(line.ends_with(" command=query-lamp id=- result=ok"), "{line}");
}

#[test]
fn arguments_are_audited_only_when_asked_for() {
    for (options, expected) in [(&["--audit-arguments"][..], true), (&[], false)] {
        let mut program = Program::start(options);
        let mut admin = program.connect("admin");
        admin.execute("set-lamp", json!({ "percent": 93 }));
        admin.execute("quit", json!({}));
        let log: Vec<String> = program.log.by_ref().map(|line| line.expect("text")).collect();
        assert!(log.iter().any(|line| line.contains("set-lamp")), "{log:?}");
        let found = log.iter().any(|line| line.ends_with(r#" command=set-lamp arguments={"percent":93}"#));
        assert_eq!(found, expected, "{log:?}");
        assert_eq!(log.iter().any(|line| line.contains("percent")), expected, "{log:?}");
    }
}

#[test]
fn a_client_that_sends_too_much_gets_the_limits_own_class() {
    let mut program = Program::start(&["--rate", "10"]);
    let mut eager = program.connect("observer");
    eager.send(&r#"{"execute": "query-lamp"}"#.repeat(200));
    let classes: Vec<Value> = (0..200).map(|_| eager.reply()["error"]["class"].clone()).collect();
    assert!(classes.iter().any(Value::is_null), "some were done");
    assert!(classes.iter().any(|class| class == "RateLimitExceeded"), "{classes:?}");
    assert!(program.audited("RateLimitExceeded").contains("listener=observer"));
    // Each session has its own limit.
    let mut admin = program.connect("admin");
    let metrics = admin.execute("query-metrics", json!({}));
    let entries = metrics["return"]["commands"].as_array().expect("a list");
    let entry = entries.iter().find(|entry| entry["command"] == "query-lamp").expect("counted");
    let count = |what: &str| entry[what].as_u64().expect("a number");
    assert_eq!((entry["listener"].as_str(), count("succeeded") + count("failed")), (Some("observer"), 200));
    assert!(count("failed") > 0 && count("succeeded") > 0, "{entry}");
}

#[test]
fn a_file_that_comes_along_gets_the_log_until_its_session_ends() {
    let mut program = Program::start(&[]);
    let [mut adds, mut other] = ["admin", "admin"].map(|role| program.connect(role));
    let mut file = tempfile::tempfile().expect("a file");
    assert_eq!(adds.execute_with("add-log-file", &[file.as_fd()]), json!({ "return": {} }));
    other.execute("query-lamp", json!({}));
    let log = |file: &mut File| {
        let mut text = String::new();
        file.rewind().expect("a file");
        file.read_to_string(&mut text).expect("text");
        text
    };
    let text = log(&mut file);
    assert!(
        text.contains("command=add-log-file id=- result=ok") && text.contains("command=query-lamp"),
        "{text}"
    );
    drop(adds);
    // Once the session has ended, the file no longer grows. The program may take a while to notice the end.
    let start = Instant::now();
    loop {
        let before = log(&mut file);
        other.execute("query-lamp", json!({}));
        if log(&mut file) == before {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "it goes on");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_cannot_be_a_log_file_is_refused() {
    let mut program = Program::start(&[]);
    let mut admin = program.connect("admin");
    let (_reader, writer) = std::io::pipe().expect("a pipe");
    let file = tempfile::tempfile().expect("a file");
    let none = admin.execute("add-log-file", json!({}));
    assert_eq!(none["error"]["desc"], "One descriptor has to come along, not 0");
    let two = admin.execute_with("add-log-file", &[file.as_fd(), file.as_fd()]);
    assert_eq!(two["error"]["desc"], "One descriptor has to come along, not 2");
    let pipe = admin.execute_with("add-log-file", &[writer.as_fd()]);
    assert_eq!(pipe["error"]["desc"], "The descriptor is not of a regular file");
    let read_only = File::open(std::env::current_exe().expect("this program")).expect("opens");
    let read_only = admin.execute_with("add-log-file", &[read_only.as_fd()]);
    assert_eq!(read_only["error"]["class"], "GenericError");
}

/// Starts the program as systemd does: with sockets from descriptor 3 on, and with their names and its process ID in
/// the environment.
///
/// A shell moves the descriptors, which safe Rust cannot, and then becomes the program by `exec`, so that it knows the
/// process ID.
fn activate(folder: TempDir, sockets: [UnixListener; 2], names: &str) -> Program {
    let script = format!(
        "exec 3<&0 4<&2 0</dev/null 2>/dev/null; LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES={names} exec '{}'",
        env!("CARGO_BIN_EXE_roles")
    );
    let [first, second] = sockets.map(OwnedFd::from);
    Program::spawn(Command::new("sh").args(["-c", &script]).stdin(first).stderr(second), folder)
}

fn sockets(folder: &TempDir) -> [UnixListener; 2] {
    ["admin", "observer"].map(|role| UnixListener::bind(folder.path().join(role)).expect("binds"))
}

#[test]
#[cfg(target_os = "linux")]
fn systemd_passes_the_sockets_with_their_roles() {
    let folder = tempfile::tempdir().expect("a folder");
    let sockets = sockets(&folder);
    let mut program = activate(folder, sockets, "admin:observer");
    let [mut admin, mut observer] = ["admin", "observer"].map(|role| program.connect(role));
    assert_eq!(admin.execute("set-lamp", json!({ "percent": 1 })), json!({ "return": {} }));
    let refused = observer.execute("set-lamp", json!({ "percent": 2 }));
    assert_eq!(refused["error"]["class"], "CommandNotFound");
    assert!(program.audited("result=CommandNotFound").contains("listener=observer"));
    program.quit(&mut admin);
}

#[test]
#[cfg(target_os = "linux")]
fn a_socket_of_no_role_is_served_to_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let sockets = sockets(&folder);
    let mut program = activate(folder, sockets, "admin:debug");
    assert!(!program.child.wait().expect("ends").success());
}
