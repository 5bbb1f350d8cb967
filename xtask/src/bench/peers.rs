//! Servers to compare ours with.

use crate::Failure;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server in a process of its own, killed when this value is dropped.
pub(super) struct Server {
    child: Child,
    pub(super) socket: PathBuf,
}

impl Server {
    /// Starts a server and waits until it accepts.
    pub(super) fn start(command: &mut Command, socket: &Path) -> Result<Server, Failure> {
        let _ = std::fs::remove_file(socket);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.map_err(|error| format!("{:?}: {error}", command.get_program()))?;
        let server = Server { child, socket: socket.to_owned() };
        let started = Instant::now();
        while UnixStream::connect(socket).is_err() {
            if started.elapsed() > Duration::from_secs(20) {
                return Err(format!("{:?} does not listen", command.get_program()).into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        // Dropping the connection ends the session of the attempt.
        std::thread::sleep(Duration::from_millis(200));
        Ok(server)
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
