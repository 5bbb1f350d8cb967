//! A Linux guest for a QEMU: a kernel, and a file system that holds a shell, of what `QAPI_GUEST` names.

use crate::server::Server;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What the guest does first. It then executes what it reads from the serial port.
const INIT: &str = "#!/busybox sh
/busybox --install -s /bin
mkdir -p /proc /sys /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
# Some need others, whatever their order.
for pass in 1 2 3 4; do
    for module in /*.ko; do insmod $module 2>/dev/null; done
done
echo 1 >/proc/sys/kernel/sysrq
# Of keyboard and power button, the button is pressed.
for input in /dev/input/event*; do
    (dd if=$input bs=24 count=1 of=/dev/null 2>/dev/null && poweroff -f) &
done
echo guest is ready
exec sh
";

/// What the guest says when it has booted.
const READY: &str = "guest is ready";

/// How long a guest may take for anything. A processor that is emulated on a busy machine is slow.
const LIMIT: Duration = Duration::from_secs(120);

/// Where the guest's kernel and files are: the folder that `QAPI_GUEST` names.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    std::env::var_os("QAPI_GUEST").map(PathBuf::from)
}

/// A running QEMU with a Linux guest.
#[derive(Debug)]
pub struct Guest {
    server: Server,
    port: UnixStream,
    said: Arc<Said>,
    _files: tempfile::TempDir,
}

/// What the guest has written to its serial port, and was not waited for.
#[derive(Debug, Default)]
struct Said {
    text: Mutex<String>,
    more: Condvar,
}

impl Guest {
    /// Starts a QEMU of this program whose guest boots with these parameters of the kernel.
    ///
    /// # Panics
    ///
    /// Panics if the guest's files cannot be made, or QEMU does not start.
    #[must_use]
    pub fn start(program: &Path, folder: &Path, parameters: &str, arguments: &[&str]) -> Guest {
        let files = tempfile::tempdir().expect("a folder");
        let kernel = folder.join("vmlinuz").display().to_string();
        let initrd = files.path().join("initrd");
        make_initrd(folder, &files.path().join("root"), &initrd);
        let initrd = initrd.display().to_string();
        let parameters = format!("console=ttyS0 quiet {parameters}");
        let serial = "unix:serial.sock,server=on,wait=off";
        let mut all = vec!["-machine", "pc", "-vga", "none", "-kernel", &kernel, "-initrd", &initrd];
        all.extend(["-append", &parameters, "-serial", serial]);
        all.extend(arguments);
        let mut server = Server::qemu(program, &all);
        let port = server.connect_to("serial.sock");
        let said = Arc::new(Said::default());
        let reader = (port.try_clone().expect("a duplicate"), Arc::clone(&said));
        thread::spawn(move || listen(reader.0, &reader.1));
        Guest { server, port, said, _files: files }
    }

    /// The QEMU that runs it.
    pub fn server(&mut self) -> &mut Server {
        &mut self.server
    }

    /// Waits until the guest has booted.
    ///
    /// # Panics
    ///
    /// Panics if it does not boot.
    pub fn boots(&self) {
        self.says(READY);
    }

    /// Has the guest execute a line of shell.
    ///
    /// # Panics
    ///
    /// Panics if QEMU has ended.
    pub fn execute(&mut self, line: &str) {
        self.port.write_all(format!("{line}\n").as_bytes()).expect("QEMU reads");
    }

    /// Waits until the guest has written this, and forgets all up to it.
    ///
    /// # Panics
    ///
    /// Panics if it does not.
    pub fn says(&self, what: &str) {
        let start = Instant::now();
        let mut text = self.said.text.lock().expect("no thread panics with it");
        loop {
            if let Some(at) = text.find(what) {
                text.drain(..at + what.len());
                return;
            }
            let left = LIMIT.saturating_sub(start.elapsed());
            let tail = text.char_indices().rev().nth(2000).map_or(0, |(at, _)| at);
            assert!(!left.is_zero(), "the guest did not say {what:?}, but {}", &text[tail..]);
            text = self.said.more.wait_timeout(text, left).expect("no thread panics with it").0;
        }
    }
}

/// Collects what the guest writes. A guest whose port is not read waits.
fn listen(mut port: UnixStream, said: &Said) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = port.read(&mut buffer) {
        let text = String::from_utf8_lossy(&buffer[..count]);
        said.text.lock().expect("no thread panics with it").push_str(&text);
        said.more.notify_all();
    }
}

/// Packs the guest's files.
fn make_initrd(folder: &Path, root: &Path, initrd: &Path) {
    fs::create_dir(root).expect("a folder");
    for entry in fs::read_dir(folder).expect("the guest's folder") {
        let file = entry.expect("a file").path();
        let name = file.file_name().expect("a file has a name");
        if name != "vmlinuz" {
            fs::copy(&file, root.join(name)).expect("a copy");
        }
    }
    fs::create_dir(root.join("bin")).expect("a folder");
    fs::write(root.join("init"), INIT).expect("a file");
    for program in ["init", "busybox"] {
        fs::set_permissions(root.join(program), fs::Permissions::from_mode(0o755)).expect("its owner");
    }
    let script = "find . | ./busybox cpio -o -H newc";
    let packed = fs::File::create(initrd).expect("a file");
    let mut pack = Command::new("sh");
    pack.args(["-c", script]).current_dir(root).stdout(packed).stderr(Stdio::null());
    assert!(pack.status().is_ok_and(|status| status.success()), "busybox cannot pack {}", root.display());
}
