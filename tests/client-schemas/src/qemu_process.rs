//! A real QEMU, if it is installed.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A running QEMU. Dropping it ends the process.
#[derive(Debug)]
pub struct Qemu {
    child: Child,
    folder: tempfile::TempDir,
}

/// The program to test with: `QAPI_QEMU`, or `qemu-system-x86_64` from `PATH`; `None` if there is none.
#[must_use]
pub fn program() -> Option<PathBuf> {
    let program = std::env::var_os("QAPI_QEMU").map_or_else(|| "qemu-system-x86_64".into(), PathBuf::from);
    let runs = Command::new(&program).arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    runs.is_ok_and(|status| status.success()).then_some(program)
}

/// An older program, named by `QAPI_QEMU_OLD`.
#[must_use]
pub fn old_program() -> Option<PathBuf> {
    std::env::var_os("QAPI_QEMU_OLD").map(PathBuf::from)
}

impl Qemu {
    /// Starts a machine without devices or firmware, stopped, with a monitor.
    ///
    /// # Panics
    ///
    /// Panics if the program does not start.
    #[must_use]
    pub fn start(program: &Path, arguments: &[&str]) -> Qemu {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("qmp.sock");
        let mut command = Command::new(program);
        command.args(["-display", "none", "-nodefaults", "-S", "-accel", "tcg", "-qmp"]);
        command.arg(format!("unix:{},server=on,wait=off", socket.display()));
        // A QEMU that was unpacked outside of its prefix does not find its data files.
        if let Some(files) = std::env::var_os("QAPI_QEMU_FILES") {
            command.arg("-L").arg(files);
        }
        let child = command.args(arguments).stdin(Stdio::null()).spawn().expect("QEMU starts");
        Qemu { child, folder }
    }

    /// The folder of its socket, which a test may use for its own files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A connection to its monitor.
    ///
    /// # Panics
    ///
    /// Panics if the process has ended, or does not listen within a minute.
    #[must_use]
    pub fn connect(&mut self) -> UnixStream {
        let start = Instant::now();
        loop {
            match UnixStream::connect(self.folder.path().join("qmp.sock")) {
                Ok(socket) => return socket,
                Err(error) => {
                    let ended = self.child.try_wait().expect("its state");
                    assert!(ended.is_none(), "QEMU ended: {ended:?}");
                    assert!(start.elapsed() < Duration::from_secs(60), "QEMU does not listen: {error}");
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

impl Drop for Qemu {
    fn drop(&mut self) {
        // Fails if the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A disk whose boot sector only reports a panic to the pvpanic device.
#[must_use]
pub fn panic_disk() -> Vec<u8> {
    let mut sector = vec![0; 512];
    // mov dx, 0x505; mov al, 1; out dx, al; hlt; jmp to the hlt
    let program = [0xBA, 0x05, 0x05, 0xB0, 0x01, 0xEE, 0xF4, 0xEB, 0xFD];
    sector[..program.len()].copy_from_slice(&program);
    sector[510..].copy_from_slice(&[0x55, 0xAA]);
    sector
}
