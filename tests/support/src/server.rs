//! QMP servers in processes: QEMU and others.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A running server with a folder of its own. Dropping it ends the process.
#[derive(Debug)]
pub struct Server {
    child: Child,
    folder: tempfile::TempDir,
}

/// The QEMU to test with: `QAPI_QEMU`, or `qemu-system-x86_64` from `PATH`; `None` if there is none.
#[must_use]
pub fn qemu() -> Option<PathBuf> {
    installed(std::env::var_os("QAPI_QEMU").map_or_else(|| "qemu-system-x86_64".into(), PathBuf::from))
}

/// An older QEMU, named by `QAPI_QEMU_OLD`.
#[must_use]
pub fn old_qemu() -> Option<PathBuf> {
    std::env::var_os("QAPI_QEMU_OLD").map(PathBuf::from)
}

/// QEMU's storage daemon from `PATH`; `None` if there is none.
#[must_use]
pub fn storage_daemon() -> Option<PathBuf> {
    installed("qemu-storage-daemon".into())
}

fn installed(program: PathBuf) -> Option<PathBuf> {
    let runs = Command::new(&program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    runs.is_ok_and(|status| status.success()).then_some(program)
}

impl Server {
    /// Starts a program in the server's folder. The arguments have to give it a monitor on the Unix socket `qmp.sock`.
    ///
    /// # Panics
    ///
    /// Panics if the program does not start.
    #[must_use]
    pub fn start(program: &Path, arguments: &[&str]) -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&folder).stdin(Stdio::null());
        let child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        Server { child, folder }
    }

    /// Starts a QEMU whose machine has no devices, with a monitor.
    ///
    /// # Panics
    ///
    /// Panics if the program does not start.
    #[must_use]
    pub fn qemu(program: &Path, arguments: &[&str]) -> Server {
        let mut all = vec!["-display", "none", "-nodefaults", "-accel", "tcg"];
        all.extend(["-qmp", "unix:qmp.sock,server=on,wait=off"]);
        // A QEMU that was unpacked outside of its prefix does not find its data files.
        let files = std::env::var("QAPI_QEMU_FILES");
        if let Ok(files) = &files {
            all.extend(["-L", files]);
        }
        all.extend(arguments);
        Self::start(program, &all)
    }

    /// The server's folder, which a test may use for its own files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The path of the monitor's socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder().join("qmp.sock")
    }

    /// A connection to its monitor.
    ///
    /// # Panics
    ///
    /// Panics if the process has ended, or does not listen within a minute.
    #[must_use]
    pub fn connect(&mut self) -> UnixStream {
        self.connect_to("qmp.sock")
    }

    /// A connection to a socket in its folder.
    ///
    /// # Panics
    ///
    /// As [`Server::connect`].
    #[must_use]
    pub fn connect_to(&mut self, socket: &str) -> UnixStream {
        let path = self.folder().join(socket);
        let start = Instant::now();
        loop {
            match UnixStream::connect(&path) {
                Ok(socket) => return socket,
                Err(error) => {
                    let ended = self.child.try_wait().expect("its state");
                    assert!(ended.is_none(), "the server ended: {ended:?}");
                    assert!(start.elapsed() < Duration::from_secs(60), "the server does not listen: {error}");
                    thread::sleep(Duration::from_millis(10));
                }
            }
        }
    }

    /// Waits until the process has ended.
    ///
    /// # Panics
    ///
    /// Panics if the kernel cannot report its state.
    #[must_use]
    pub fn wait(&mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
