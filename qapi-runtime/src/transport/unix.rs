//! Listening Unix sockets: bound to a path that no other process uses, with the requested mode and group.

use super::bound::is_about_to_listen;
use super::lock::{Lock, is_same};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};
use std::fs::{self, Metadata};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

/// The length of the backlog. The system reduces it to its own limit.
const BACKLOG: i32 = 1024;

/// Who may connect to a Unix socket at a path, for [`Listener::unix_with`](super::Listener::unix_with).
///
/// A client needs write permission on the socket and search permission on every directory of its path. Mode and group
/// are set before the first client can connect.
///
/// ```
/// use qapi_runtime::transport::UnixOptions;
///
/// // The members of group 36 may connect, too.
/// let options = UnixOptions::new().mode(0o660).group(36);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnixOptions {
    mode: u32,
    group: Option<u32>,
}

impl Default for UnixOptions {
    fn default() -> UnixOptions {
        UnixOptions { mode: 0o600, group: None }
    }
}

impl UnixOptions {
    /// Mode 0600, so that only the user of this process may connect, and the default group.
    #[must_use]
    pub fn new() -> UnixOptions {
        UnixOptions::default()
    }

    /// Sets the permissions of the socket, from 0 to 0o777. The process's umask does not apply.
    ///
    /// Other bits make [`unix_with`](super::Listener::unix_with) fail.
    #[must_use]
    pub fn mode(mut self, mode: u32) -> UnixOptions {
        self.mode = mode;
        self
    }

    /// Sets the group of the socket, by number. It matters when the [mode](UnixOptions::mode) lets the group write, as
    /// 0660 does.
    ///
    /// A process without privileges may only set a group that it is a member of. The runtime does not look up group
    /// names, because only the C library knows where a system stores them: use `getent group NAME` on the command line,
    /// or the crates `nix` (`Group::from_name`) and `uzers`.
    #[must_use]
    pub fn group(mut self, gid: u32) -> UnixOptions {
        self.group = Some(gid);
        self
    }
}

/// The file of a Unix socket. Dropping it removes the file, unless another one is at the path by then.
#[derive(Debug)]
pub(crate) struct SocketFile {
    /// Absolute, since the process may change its working directory.
    path: PathBuf,
    made: Metadata,
    /// Held until the socket is removed.
    _lock: Lock,
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|now| is_same(&now, &self.made)) {
            // An error means that another process has removed it first.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Listens at a path. A stale socket, on which no process listens any more, is replaced.
pub(super) fn listen(path: &Path, options: &UnixOptions) -> io::Result<(UnixListener, SocketFile)> {
    let UnixOptions { mode, group } = *options;
    if mode & !0o777 != 0 {
        let text = format!("{mode:#o} is no mode of a socket: it goes up to 0o777");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let absolute = std::path::absolute(path)?;
    let lock = Lock::of(&absolute)?;
    let socket = match bind(path, mode) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_stale(path)? => {
            tracing::debug!(path = %path.display(), "stale socket removed");
            fs::remove_file(path)?;
            bind(path, mode)
        }
        other => other,
    }?;
    let made = fs::symlink_metadata(&absolute)?;
    // From here on, an error drops `file`, which removes the socket.
    let file = SocketFile { path: absolute, made, _lock: lock };
    // Before `listen`: no client can connect until mode and group are set.
    admit(&file, mode, group)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok((UnixListener::from(socket), file))
}

fn bind(path: &Path, mode: u32) -> io::Result<OwnedFd> {
    let socket = socket()?;
    // On Linux the file gets the socket's own mode, reduced by the umask, so it never has more permissions than
    // requested.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    rustix::fs::fchmod(&socket, rustix::fs::Mode::from_raw_mode(mode))?;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = mode;
    rustix::net::bind(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(socket)
}

/// Gives the file its group and its mode.
fn admit(file: &SocketFile, mode: u32, group: Option<u32>) -> io::Result<()> {
    if let Some(group) = group {
        // `lchown`: a symbolic link that another process put there meanwhile is changed itself, not its target.
        std::os::unix::fs::lchown(&file.path, None, Some(group)).map_err(|error| {
            let text = format!("cannot give {} to group {group}: {error}", file.path.display());
            io::Error::new(error.kind(), text)
        })?;
    }
    // Usually the mode is right already. This call follows symbolic links, so it is made only when needed.
    if file.made.permissions().mode() & 0o777 != mode {
        fs::set_permissions(&file.path, fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// Whether the socket at the path is stale: no process listens on it or is about to.
fn is_stale(path: &Path) -> io::Result<bool> {
    if !fs::symlink_metadata(path)?.file_type().is_socket() {
        return Ok(false);
    }
    // Non-blocking: with a live listener whose backlog is full, `connect` would wait.
    let socket = socket()?;
    rustix::io::ioctl_fionbio(&socket, true)?;
    let connected = rustix::net::connect(&socket, &SocketAddrUnix::new(path)?);
    Ok(connected == Err(Errno::CONNREFUSED) && !is_about_to_listen(path))
}

/// Listens on an abstract name.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn listen_abstract(name: &[u8]) -> io::Result<UnixListener> {
    if name.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "an abstract socket needs a name"));
    }
    let socket = socket()?;
    rustix::net::bind(&socket, &SocketAddrUnix::new_abstract_name(name)?)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(UnixListener::from(socket))
}

/// Creates a close-on-exec socket.
#[cfg(not(target_vendor = "apple"))]
fn socket() -> io::Result<OwnedFd> {
    let flags = rustix::net::SocketFlags::CLOEXEC;
    Ok(rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?)
}

#[cfg(target_vendor = "apple")]
fn socket() -> io::Result<OwnedFd> {
    let socket = rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    Ok(socket)
}
