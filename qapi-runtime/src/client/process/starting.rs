//! What to start, and how it gets its monitor.

use super::child::Spawned;
use super::parent::program_of;
use crate::client::ProcessError;
use std::os::unix::net::UnixStream;
use std::process::Command;

/// How many lines of standard error are kept.
const LINES: usize = 20;

/// A process to start, by `Process::start` of either client.
///
/// It takes the command with the program's own arguments, environment and folder, and adds a monitor on the standard
/// input. So nothing else of the process may use that, such as `-serial stdio`, and it must not become a daemon.
#[derive(Debug)]
pub struct Starting {
    command: Command,
    lines: usize,
}

impl Starting {
    /// A QEMU: `-chardev socket,fd=0` and `-mon` are added.
    #[must_use]
    pub fn qemu(command: Command) -> Starting {
        let monitor = ["-chardev", "socket,id=qapi-client,fd=0", "-mon", "chardev=qapi-client,mode=control"];
        Starting::with(command, &monitor)
    }

    /// A `qemu-storage-daemon`: `--chardev socket,fd=0` and `--monitor` are added.
    #[must_use]
    pub fn storage_daemon(command: Command) -> Starting {
        let monitor = ["--chardev", "socket,id=qapi-client,fd=0", "--monitor", "chardev=qapi-client"];
        Starting::with(command, &monitor)
    }

    /// Any server that speaks QMP on its standard input, a connected Unix socket. Nothing is added.
    #[must_use]
    pub fn on_stdin(command: Command) -> Starting {
        Starting::with(command, &[])
    }

    fn with(mut command: Command, monitor: &[&str]) -> Starting {
        command.args(monitor);
        Starting { command, lines: LINES }
    }

    /// Sets how many lines of standard error are kept: 20 by default, and at most 4096 bytes of each.
    #[must_use]
    pub fn stderr_lines(mut self, lines: usize) -> Starting {
        self.lines = lines;
        self
    }

    /// Starts the process. The socket is our end of the pair.
    pub(in crate::client) fn spawn(self) -> Result<(UnixStream, Spawned), ProcessError> {
        let program = program_of(&self.command);
        Spawned::new(program, self.command, self.lines)
    }
}
