//! QEMU's guest agent, if it is installed: not in a guest, but as a process next to the test, on a socket or on a
//! terminal device like the one in a guest.

use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use rustix::termios::OptionalActions;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A running guest agent. Dropping it ends the agent.
#[derive(Debug)]
pub struct Agent {
    child: Child,
    folder: tempfile::TempDir,
}

/// The program that `QAPI_QEMU_GA` names, or `qemu-ga` from `PATH`; `None` if there is none.
#[must_use]
pub fn program() -> Option<PathBuf> {
    let named = std::env::var_os("QAPI_QEMU_GA").map(PathBuf::from);
    // Distributions install it in a folder that is not in every user's `PATH`.
    let usual = ["qemu-ga", "/usr/sbin/qemu-ga", "/usr/bin/qemu-ga"].map(PathBuf::from);
    named.into_iter().chain(usual).find(|program| {
        let runs = Command::new(program).arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status();
        runs.is_ok_and(|status| status.success())
    })
}

impl Agent {
    fn start(program: &Path, method: &str, path: &Path, folder: tempfile::TempDir) -> Agent {
        let mut command = Command::new(program);
        command.args(["-m", method, "-p"]).arg(path).arg("-t").arg(folder.path());
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("the agent starts");
        Agent { child, folder }
    }

    /// An agent that listens on a socket.
    ///
    /// # Panics
    ///
    /// Panics if the program does not start.
    #[must_use]
    pub fn listening(program: &Path) -> Agent {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("agent.sock");
        Agent::start(program, "unix-listen", &path, folder)
    }

    /// A connection to the socket.
    ///
    /// # Panics
    ///
    /// Panics if the process has ended, or does not listen within a minute.
    #[must_use]
    pub fn connect(&mut self) -> UnixStream {
        let path = self.folder.path().join("agent.sock");
        self.until("listens", || UnixStream::connect(&path).ok())
    }

    /// An agent on a terminal device, and our end of the device.
    ///
    /// # Panics
    ///
    /// Panics if there is no terminal device, or the agent does not answer on it within a minute.
    #[must_use]
    pub fn on_a_terminal(program: &Path) -> (Agent, OwnedFd) {
        let near = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        rustix::pty::grantpt(&near).expect("a terminal");
        rustix::pty::unlockpt(&near).expect("a terminal");
        let name = rustix::pty::ptsname(&near, Vec::new()).expect("a name").into_string().expect("a name");
        let far = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("a terminal");
        // Disable echo now: the terminal would echo our requests until the agent does this itself.
        let mut settings = rustix::termios::tcgetattr(&far).expect("settings");
        settings.make_raw();
        rustix::termios::tcsetattr(&far, OptionalActions::Now, &settings).expect("settings");
        let folder = tempfile::tempdir().expect("a folder");
        let mut agent = Agent::start(program, "isa-serial", Path::new(&name), folder);
        // The agent discards pending input when it opens the device, so send pings until it answers.
        let mut probe = File::from(near.try_clone().expect("a descriptor"));
        agent.until("answers", || answers(&mut probe).then_some(()));
        (agent, near)
    }

    fn until<T>(&mut self, what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = attempt() {
                return found;
            }
            let ended = self.child.try_wait().expect("its state");
            assert!(ended.is_none(), "the agent ended: {ended:?}");
            assert!(start.elapsed() < Duration::from_secs(60), "the agent never {what}");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Whether the agent answers a ping in time. Further output stays unread.
fn answers(terminal: &mut File) -> bool {
    terminal.write_all(b"{\"execute\": \"guest-ping\"}\n").expect("the terminal is there");
    let mut poll = [rustix::event::PollFd::new(&*terminal, rustix::event::PollFlags::IN)];
    let wait = rustix::event::Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
    if rustix::event::poll(&mut poll, Some(&wait)).unwrap_or_default() == 0 {
        return false;
    }
    let mut buffer = [0; 4096];
    let count = match terminal.read(&mut buffer) {
        Ok(count) => count,
        Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
        Err(error) => panic!("the terminal is there: {error}"),
    };
    String::from_utf8_lossy(&buffer[..count]).contains("return")
}

impl Drop for Agent {
    fn drop(&mut self) {
        // Fails if the agent has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
