//! The real process and a client, for tests.

// Each test program uses only a part of this.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A generous limit: it only matters when something hangs. No test waits for time to pass.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running machine with a monitor on a Unix socket. Dropping it kills the process.
pub(crate) struct Vmm {
    child: Child,
    log: Arc<Log>,
    folder: TempDir,
}

impl Vmm {
    /// Starts the program with `-qmp unix:...` and these options.
    pub(crate) fn start<S: AsRef<str>>(options: &[S]) -> Self {
        Self::start_in(tempfile::tempdir().expect("a temporary folder"), options)
    }

    /// The same, in a folder with the test's files.
    pub(crate) fn start_in<S: AsRef<str>>(folder: TempDir, options: &[S]) -> Self {
        let qmp = format!("unix:{},server=on,wait=off", folder.path().join("qmp").display());
        let mut command = program();
        command.args(["-qmp", &qmp]).args(options.iter().map(AsRef::as_ref));
        Self::spawn(folder, command.stdin(Stdio::null()).stdout(Stdio::null()))
    }

    /// Starts a command that the test has prepared.
    pub(crate) fn spawn(folder: TempDir, command: &mut Command) -> Self {
        Self::spawn_as_it_is(folder, command.stderr(Stdio::piped()))
    }

    /// The same, with the test's choice of stderr. Only with a pipe can the test read the log.
    pub(crate) fn spawn_as_it_is(folder: TempDir, command: &mut Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let log = match child.stderr.take() {
            Some(stderr) => Log::read(stderr),
            None => Log::read(std::io::empty()),
        };
        Self { child, log, folder }
    }

    /// The process's folder, which is removed with it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The process.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Connects to the monitor and reads the greeting.
    pub(crate) fn connect(&mut self) -> Client {
        let mut client = Client::new(self.connect_to("qmp"));
        let greeting = client.read().expect("a greeting");
        assert!(greeting["QMP"]["version"]["qemu"].is_object(), "{greeting}");
        client
    }

    /// Connects to the monitor and negotiates.
    pub(crate) fn negotiate(&mut self) -> Client {
        let mut client = self.connect();
        assert_eq!(client.execute("qmp_capabilities"), json!({ "return": {} }));
        client
    }

    /// Connects to a socket in the folder as soon as the process listens on it.
    pub(crate) fn connect_to(&mut self, name: &str) -> UnixStream {
        let path = self.path(name);
        let start = Instant::now();
        loop {
            match UnixStream::connect(&path) {
                Ok(stream) => return stream,
                Err(error) => {
                    let ended = self.child.try_wait().expect("the process can be asked");
                    assert!(ended.is_none(), "it ended with {ended:?}:\n{}", self.log.text());
                    assert!(start.elapsed() < PATIENCE, "{}: {error}", path.display());
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
        }
    }

    /// Waits until the process has ended.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the process can be asked") {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "it does not end:\n{}", self.log.text());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until the log has a line with this text.
    pub(crate) fn wait_for_log(&self, text: &str) {
        self.log.wait_for(text);
    }

    /// Waits until the log has this text; returns what comes after it in its line.
    pub(crate) fn log_after(&self, text: &str) -> String {
        self.log.wait_for(text);
        let log = self.log.text();
        let rest = log.split_once(text).expect("the log has the text").1;
        rest.lines().next().unwrap_or_default().to_owned()
    }

    /// Ends the process by `quit`, which must succeed.
    pub(crate) fn quit(mut self, client: &mut Client) {
        let replies = client.execute_and_collect("quit");
        assert_eq!(replies.last(), Some(&json!({ "return": {} })), "{replies:?}");
        assert_eq!(self.wait().code(), Some(0));
    }
}

impl Drop for Vmm {
    fn drop(&mut self) {
        // Most tests have ended the process already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, without arguments.
pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_vmm"))
}

/// Runs a command with this input until it ends. Fails if it does not end in time.
pub(crate) fn run(command: &mut Command, input: &[u8]) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let pid = Pid::from_child(&child);
    // Fails if the process ends before it has read everything. Dropping the pipe then ends the input.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    let (sender, output) = channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    match output.recv_timeout(PATIENCE) {
        Ok(output) => output.expect("the program can be waited for"),
        Err(_) => {
            let _ = kill_process(pid, Signal::KILL);
            panic!("it does not end: {command:?}");
        }
    }
}

/// A pipe that is full until the test reads from it.
#[cfg(target_os = "linux")]
pub(crate) struct FullPipe {
    /// For the process.
    pub(crate) writer: std::io::PipeWriter,
    /// For the test.
    pub(crate) reader: std::io::PipeReader,
    /// How many filler bytes come before the process's output.
    pub(crate) size: usize,
}

#[cfg(target_os = "linux")]
impl FullPipe {
    pub(crate) fn new() -> Self {
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        let size = rustix::pipe::fcntl_getpipe_size(&writer).expect("a pipe has a size");
        writer.write_all(&vec![b'x'; size]).expect("the pipe has room for its size");
        Self { writer, reader, size }
    }
}

/// A file in a new folder.
pub(crate) fn folder_with(name: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(name), text).expect("a file in it");
    folder
}

/// The option that names a file in a folder as the guest's script.
pub(crate) fn guest(folder: &TempDir, name: &str) -> [String; 2] {
    ["-guest".to_owned(), folder.path().join(name).display().to_string()]
}

/// The process's output to stderr.
struct Log {
    text: Mutex<(String, bool)>,
    changed: Condvar,
}

impl Log {
    fn read(stderr: impl Read + Send + 'static) -> Arc<Self> {
        let log = Arc::new(Self { text: Mutex::default(), changed: Condvar::new() });
        let writer = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                writer.text.lock().expect("no reader panics").0 += &(line + "\n");
                writer.changed.notify_all();
            }
            writer.text.lock().expect("no reader panics").1 = true;
            writer.changed.notify_all();
        });
        log
    }

    fn text(&self) -> String {
        self.text.lock().expect("no reader panics").0.clone()
    }

    fn wait_for(&self, wanted: &str) {
        let text = self.text.lock().expect("no reader panics");
        let waits = |log: &mut (String, bool)| !log.0.contains(wanted) && !log.1;
        let (text, _) = self.changed.wait_timeout_while(text, PATIENCE, waits).expect("no reader panics");
        assert!(text.0.contains(wanted), "no '{wanted}' in the log:\n{}", text.0);
    }
}

/// A session.
pub(crate) struct Client {
    stream: UnixStream,
    lines: BufReader<UnixStream>,
}

impl Client {
    /// A client of a connected socket.
    pub(crate) fn new(stream: UnixStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket has a timeout");
        let lines = BufReader::new(stream.try_clone().expect("a socket can be cloned"));
        Self { stream, lines }
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).expect("the machine reads");
    }

    /// A second handle for sending from another thread.
    pub(crate) fn writer(&self) -> UnixStream {
        self.stream.try_clone().expect("a socket can be cloned")
    }

    /// The next line, or `None` at the end of the connection.
    pub(crate) fn read(&mut self) -> Option<Value> {
        let mut line = String::new();
        match self.lines.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => {
                assert!(line.is_ascii() && line.ends_with("\r\n"), "{line:?}");
                Some(without_timestamp(serde_json::from_str(&line).expect("JSON")))
            }
            // The server may hang up with unread input, which resets the connection.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("no line came: {error}"),
        }
    }

    /// Sends a command without arguments and reads its reply, without the events before it.
    pub(crate) fn execute(&mut self, command: &str) -> Value {
        self.execute_and_collect(command).pop().expect("a reply")
    }

    /// The same with arguments.
    pub(crate) fn execute_with(&mut self, command: &str, arguments: Value) -> Value {
        self.send(json!({ "execute": command, "arguments": arguments }).to_string());
        self.read_reply().pop().expect("a reply")
    }

    /// Sends a command without arguments and reads up to its reply.
    pub(crate) fn execute_and_collect(&mut self, command: &str) -> Vec<Value> {
        self.send(json!({ "execute": command }).to_string());
        self.read_reply()
    }

    /// Sends `cont` and reads up to its reply and to an event, whichever comes last. Returns the events.
    pub(crate) fn cont_until(&mut self, name: &str) -> Vec<Value> {
        self.send(r#"{"execute": "cont"}"#);
        let (mut events, mut replied) = (Vec::new(), false);
        while !replied || !events.iter().any(|event: &Value| event["event"] == name) {
            let line = self.read().unwrap_or_else(|| panic!("the end came after {events:?}"));
            if line.get("event").is_some() {
                events.push(line);
            } else {
                assert_eq!(line, json!({ "return": {} }));
                replied = true;
            }
        }
        events
    }

    /// Reads up to the next reply.
    pub(crate) fn read_reply(&mut self) -> Vec<Value> {
        self.read_until(|line| line.get("event").is_none())
    }

    /// Reads up to an event.
    pub(crate) fn read_event(&mut self, name: &str) -> Vec<Value> {
        self.read_until(|line| line["event"] == name)
    }

    fn read_until(&mut self, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut lines = Vec::new();
        loop {
            let line = self.read().unwrap_or_else(|| panic!("the end came after {lines:?}"));
            lines.push(line);
            if wanted(&lines[lines.len() - 1]) {
                return lines;
            }
        }
    }

    /// Reads to the end of the connection.
    pub(crate) fn read_to_end(&mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.read()).collect()
    }
}

/// Checks the form of an event's timestamp and drops it.
fn without_timestamp(mut line: Value) -> Value {
    if line.get("event").is_some() {
        let timestamp = line.as_object_mut().expect("an object").remove("timestamp");
        let timestamp = timestamp.expect("an event has a timestamp");
        assert!(timestamp["seconds"].is_u64() && timestamp["microseconds"].is_u64(), "{timestamp}");
    }
    line
}

/// An event as [`Client::read`] returns it.
pub(crate) fn event(name: &str, data: Value) -> Value {
    if data.is_null() { json!({ "event": name }) } else { json!({ "event": name, "data": data }) }
}

/// The folder of recordings, if it exists.
pub(crate) fn recordings() -> Option<PathBuf> {
    qapi_test_support::conformance_data("golden/panic")
}
