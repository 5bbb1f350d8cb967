//! The process, and a client that only knows lines of JSON.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Duration;
use tempfile::TempDir;

/// Only a limit for a run that hangs: no test waits for time to pass.
const PATIENCE: Duration = Duration::from_secs(120);

/// The built program of examples/vmm; built first, since cargo does not do it for another package's tests.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let status = Command::new(env!("CARGO"))
            .current_dir(workspace())
            .args(["build", "--quiet", "--package", "vmm"])
            .status()
            .unwrap();
        assert!(status.success(), "the example machine does not build");
        // This test is TARGET/PROFILE/deps/NAME, and cargo builds for the profile `dev` above.
        let test = std::env::current_exe().unwrap();
        test.ancestors().nth(3).unwrap().join("debug/vmm")
    })
}

pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A running machine, which ends with the test.
pub(crate) struct Machine {
    process: Child,
    folder: TempDir,
}

impl Machine {
    /// A machine that waits for `cont`, with a guest that does what the lines of `guest` say.
    pub(crate) fn start(guest: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("guest");
        std::fs::write(&script, guest).unwrap();
        let socket = folder.path().join("qmp");
        let mut process = Command::new(program())
            .arg("-S")
            .args(options)
            .arg("-qmp")
            .arg(format!("unix:{},server=on,wait=off", socket.display()))
            .arg("-guest")
            .arg(&script)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The file is there a moment before the process listens.
        while UnixStream::connect(&socket).is_err() {
            assert_eq!(process.try_wait().unwrap(), None, "the machine ended at once");
            std::thread::yield_now();
        }
        Self { process, folder }
    }

    /// A client that has read the greeting.
    pub(crate) fn connect(&self) -> Client {
        let stream = UnixStream::connect(self.folder.path().join("qmp")).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let mut client = Client { reader: BufReader::new(stream.try_clone().unwrap()), stream };
        let greeting = client.read();
        assert!(greeting["QMP"]["version"]["qemu"]["major"].is_u64(), "no greeting: {greeting}");
        client
    }

    /// A client that has negotiated.
    pub(crate) fn negotiate(&self) -> Client {
        let mut client = self.connect();
        client.succeed(r#"{"execute": "qmp_capabilities"}"#);
        client
    }

    /// Waits for the end of the process.
    pub(crate) fn wait(mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A client that sends text and reads lines.
pub(crate) struct Client {
    stream: UnixStream,
    reader: BufReader<UnixStream>,
}

impl Client {
    pub(crate) fn send(&mut self, text: impl AsRef<[u8]>) {
        self.stream.write_all(text.as_ref()).unwrap();
    }

    /// The next line: a reply or an event.
    pub(crate) fn read(&mut self) -> Value {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        assert!(line.ends_with("\r\n") && line.is_ascii(), "not a line of QMP: {line:?}");
        serde_json::from_str(&line).unwrap()
    }

    /// The next event, which has to come before any reply.
    pub(crate) fn event(&mut self, name: &str) -> Value {
        let line = self.read();
        assert_eq!(line["event"], name, "{line}");
        line["data"].clone()
    }

    /// Sends a command that succeeds, and returns what it returned. Events before the reply are passed over.
    pub(crate) fn succeed(&mut self, command: &str) -> Value {
        let reply = self.reply(command);
        assert!(reply.get("return").is_some(), "{command}: {reply}");
        reply["return"].clone()
    }

    /// Sends a command that fails, and returns class and text.
    pub(crate) fn fail(&mut self, command: impl AsRef<[u8]>) -> (String, String) {
        let reply = self.reply(command);
        let error = &reply["error"];
        let text = |name: &str| error[name].as_str().unwrap_or_else(|| panic!("{reply}")).to_owned();
        (text("class"), text("desc"))
    }

    fn reply(&mut self, command: impl AsRef<[u8]>) -> Value {
        self.send(command);
        loop {
            let line = self.read();
            if line.get("event").is_none() {
                return line;
            }
        }
    }
}
