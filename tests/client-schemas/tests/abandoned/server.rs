//! The servers: processes that are started again when they have died.

use std::ffi::OsString;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Adds the arguments that make a program listen on the socket.
pub(crate) type Arguments = fn(&mut Command, &Path);

/// A server process.
pub(crate) struct Server {
    child: Child,
    folder: tempfile::TempDir,
}

/// Whether the program can be run.
pub(crate) fn is_there(program: &OsString) -> bool {
    let runs = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    runs.is_ok_and(|status| status.success())
}

impl Server {
    pub(crate) fn start(program: &OsString, arguments: Arguments) -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let mut command = Command::new(program);
        arguments(&mut command, &path);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("the program starts");
        let mut server = Server { child, folder };
        let start = Instant::now();
        while UnixStream::connect(&path).is_err() {
            assert!(!server.has_ended() && start.elapsed() < Duration::from_secs(60), "it does not listen");
            thread::sleep(Duration::from_millis(10));
        }
        server
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_some()
    }

    /// Whether no client can connect any more: the process has ended, or, as guest agents do, has closed its socket.
    pub(crate) fn is_gone(&mut self) -> bool {
        // A process that is about to end has closed its socket before.
        UnixStream::connect(self.path()).is_err() || self.has_ended()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
