//! The lock that a listener holds on the path of its Unix socket.
//!
//! Between `bind` and `listen`, a socket refuses connections, just like a stale socket whose server was killed. A
//! connection attempt cannot tell the two apart, so a server that replaces stale sockets would steal this one. Hence
//! each of our listeners locks `PATH.lock` before it looks at `PATH`, and holds the lock for as long as it lives.
//!
//! The kernel releases the lock when the process ends, however it ends. The file may stay behind; without the lock it
//! means nothing, and the next listener locks it again.
//!
//! A listener removes the file when it ends. A second listener may have opened that file before, and would then lock a
//! file that is no longer at the path, while a third creates and locks a new one. So a process that gets the lock
//! checks that the file is still the one at the path, and starts over if not. Only the holder of the lock removes the
//! file, so a file that passed the check stays at the path.

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The lock of a socket's path. Dropping it removes the file, and then releases the lock.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Locks the path of a socket, without waiting.
    ///
    /// # Errors
    ///
    /// Another listener holds the lock ([`AddrInUse`](io::ErrorKind::AddrInUse)), or the lock file cannot be created or
    /// opened.
    pub(super) fn of(socket: &Path) -> io::Result<Lock> {
        let mut path = OsString::from(socket);
        path.push(".lock");
        let path = PathBuf::from(path);
        loop {
            let file = open(&path).map_err(|error| explain("cannot open the lock file", &path, &error))?;
            let lock = match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => Lock { file, path: path.clone() },
                Err(Errno::WOULDBLOCK) => return Err(held(&path)),
                Err(error) => return Err(explain("cannot lock", &path, &error.into())),
            };
            if lock.is_at_its_path() {
                return Ok(lock);
            }
            // The previous holder has removed the file since we opened it. This lock guards nothing; dropping it is
            // harmless.
        }
    }

    fn is_at_its_path(&self) -> bool {
        let ours = self.file.metadata();
        ours.and_then(|ours| Ok(is_same(&ours, &fs::symlink_metadata(&self.path)?))).unwrap_or(false)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The lock is released after the removal, when `file` is closed: see the module's documentation.
        if self.is_at_its_path() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Opens the lock file, and creates it if there is none. Symbolic links are not followed: a user who may create files
/// in the socket's directory could make this process create or lock any other file.
fn open(path: &Path) -> io::Result<File> {
    // Exclusive locks over NFS need a file that is open for writing.
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NOCTTY;
    let file = File::from(rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    Ok(file)
}

/// Whether both describe the same file.
pub(super) fn is_same(a: &Metadata, b: &Metadata) -> bool {
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

fn held(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::AddrInUse, format!("another listener holds the lock {}", path.display()))
}

fn explain(what: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    #[test]
    fn a_path_is_locked_once_and_the_file_goes_with_the_lock() {
        let directory = tempfile::tempdir().expect("a directory");
        let socket = directory.path().join("qmp");
        let lock = Lock::of(&socket).expect("the lock is free");
        let error = Lock::of(&socket).expect_err("held");
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
        let path = directory.path().join("qmp.lock");
        assert_eq!(error.to_string(), format!("another listener holds the lock {}", path.display()));
        drop(lock);
        assert!(!path.exists());
        drop(Lock::of(&socket).expect("free again"));
    }

    #[test]
    fn a_file_that_a_killed_process_left_is_locked_again() {
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join("qmp.lock"), "").expect("a file");
        Lock::of(&directory.path().join("qmp")).expect("the lock is free");
    }

    #[test]
    fn never_do_two_hold_it_while_files_come_and_go() {
        let directory = tempfile::tempdir().expect("a directory");
        let socket = directory.path().join("qmp");
        let holders = AtomicUsize::new(0);
        let compete = || {
            for _ in 0..2_000 {
                let Ok(lock) = Lock::of(&socket) else { continue };
                assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0);
                thread::yield_now();
                holders.fetch_sub(1, Ordering::SeqCst);
                drop(lock);
            }
        };
        thread::scope(|scope| (0..4).for_each(|_| _ = scope.spawn(compete)));
    }

    #[test]
    fn what_is_no_lock_file_is_left_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let [socket, path] = ["qmp", "qmp.lock"].map(|name| directory.path().join(name));
        std::os::unix::fs::symlink(directory.path().join("elsewhere"), &path).expect("a link");
        let error = Lock::of(&socket).expect_err("a link");
        assert!(error.to_string().starts_with("cannot open the lock file "), "{error}");
        assert!(!directory.path().join("elsewhere").exists());
        fs::remove_file(&path).expect("removed");
        fs::create_dir(&path).expect("a directory");
        Lock::of(&socket).expect_err("a directory");
        assert!(path.is_dir());
        let missing = Lock::of(&directory.path().join("none/qmp")).expect_err("no directory");
        assert_eq!(missing.kind(), ErrorKind::NotFound);
    }
}
