//! The server process of a conversation.

use crate::Failure;
use qapi_test_support::recording::Recording;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The kind of server.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    /// Ours.
    Golden { program: &'a Path },
    /// A real QEMU.
    Qemu { program: &'a Path },
}

/// A running server, killed when this value is dropped.
pub(super) struct Server {
    child: Child,
    /// The address of each monitor.
    pub(super) sockets: Vec<PathBuf>,
    stderr: PathBuf,
}

impl Server {
    /// Starts a server like the recording's. Its files go to `folder`.
    pub(super) fn start(recording: &Recording, kind: Kind<'_>, folder: &Path) -> Result<Self, Failure> {
        let sockets: Vec<_> = (0..recording.options.monitors.max(1))
            .map(|index| folder.join(format!("monitor{index}")))
            .collect();
        let stderr = folder.join("stderr");
        let mut command = match kind {
            Kind::Golden { program } => {
                let mut command = Command::new(program);
                command.arg("--replay").arg(&recording.file);
                for socket in &sockets {
                    command.arg("--socket").arg(socket);
                }
                command
            }
            Kind::Qemu { program } => {
                let mut command = Command::new(program);
                command.args(qemu_arguments(recording, &sockets));
                command
            }
        };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&stderr)?);
        Ok(Self { child: command.spawn()?, sockets, stderr })
    }

    /// Whether it has exited by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Waits for its exit. Returns its status, or the negated number of the signal that killed it.
    pub(super) fn wait(&mut self, limit: Duration) -> Option<i32> {
        let until = Instant::now() + limit;
        while Instant::now() < until {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.code().or_else(|| status.signal().map(|signal| -signal));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        None
    }

    /// Sends it a signal.
    pub(super) fn signal(&self, name: &str) -> Result<(), Failure> {
        let signal = match name {
            "SIGHUP" => Signal::HUP,
            "SIGINT" => Signal::INT,
            "SIGTERM" => Signal::TERM,
            "SIGKILL" => Signal::KILL,
            other => return Err(format!("unknown signal {other}").into()),
        };
        Ok(kill_process(Pid::from_child(&self.child), signal)?)
    }

    /// Its output on standard error.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(&self.stderr).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have exited already; then there is nothing to wait for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn qemu_arguments(recording: &Recording, sockets: &[PathBuf]) -> Vec<String> {
    let options = &recording.options;
    let usual = ["-machine", "none", "-display", "none", "-nodefaults", "-S"].map(str::to_owned);
    let mut arguments = options.instead.clone().unwrap_or_else(|| usual.to_vec());
    for socket in sockets {
        let socket = socket.display().to_string();
        match &options.monitor {
            Some(texts) => arguments.extend(texts.iter().map(|text| text.replace("SOCK", &socket))),
            None => {
                arguments.push(if options.pretty { "-qmp-pretty" } else { "-qmp" }.to_owned());
                arguments.push(format!("unix:{socket},server=on,wait=off"));
            }
        }
    }
    arguments.extend(options.extra.iter().cloned());
    arguments
}
