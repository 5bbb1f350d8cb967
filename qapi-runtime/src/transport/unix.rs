//! Unix sockets to listen on: bound to a path that no other process uses, with the mode and the group asked for.

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

/// Waiting clients; the system cuts it to its own limit.
const BACKLOG: i32 = 1024;

/// Who may connect to a Unix socket at a path, for [`Listener::unix_with`](super::Listener::unix_with).
///
/// A client needs the permission to write to the socket, and to search every directory on the way to it. The mode and the
/// group are in place before the first client can connect.
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
    /// Mode 0600, so that only the user of this process may connect, and the group that the system chooses.
    #[must_use]
    pub fn new() -> UnixOptions {
        UnixOptions::default()
    }

    /// The permissions of the socket, from 0 to 0o777. The process's umask takes nothing away from them.
    ///
    /// Other bits make [`unix_with`](super::Listener::unix_with) fail.
    #[must_use]
    pub fn mode(mut self, mode: u32) -> UnixOptions {
        self.mode = mode;
        self
    }

    /// The number of the group that the socket belongs to. It matters when the [mode](UnixOptions::mode) lets the group
    /// write, as 0660 does.
    ///
    /// A process without privileges may only give away to a group of its own. The runtime looks up no names, as only the C
    /// library knows where a system keeps them: `getent group NAME` prints the number, and in a program `nix` (as
    /// `Group::from_name`) and `uzers` find it.
    #[must_use]
    pub fn group(mut self, gid: u32) -> UnixOptions {
        self.group = Some(gid);
        self
    }
}

/// A Unix socket at a path, which is removed at the end, if it is still ours.
#[derive(Debug)]
pub(crate) struct SocketFile {
    /// Absolute: the process may change its directory.
    path: PathBuf,
    made: Metadata,
    /// Held until the socket is removed.
    _lock: Lock,
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|now| is_same(&now, &self.made)) {
            // Another process may be faster; there is nothing left to do then.
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
    // From here on the socket is removed when something fails.
    let file = SocketFile { path: absolute, made, _lock: lock };
    // No client can connect before `listen`, so none meets the socket before this is done.
    admit(&file, mode, group)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok((UnixListener::from(socket), file))
}

fn bind(path: &Path, mode: u32) -> io::Result<OwnedFd> {
    let socket = socket()?;
    // On Linux the file gets the mode that the socket has, less the umask: it never has more than was asked for.
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
        // A symbolic link that was put there meanwhile would be changed itself, not its target.
        std::os::unix::fs::lchown(&file.path, None, Some(group)).map_err(|error| {
            let text = format!("cannot give {} to group {group}: {error}", file.path.display());
            io::Error::new(error.kind(), text)
        })?;
    }
    // Mostly it is right already. This call would follow a link, so it is not made without need.
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
    // It must not wait: a listener may be there and its queue be full.
    let socket = socket()?;
    rustix::io::ioctl_fionbio(&socket, true)?;
    let connected = rustix::net::connect(&socket, &SocketAddrUnix::new(path)?);
    Ok(connected == Err(Errno::CONNREFUSED) && !is_about_to_listen(path))
}

/// Listens on a name that is in no directory.
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

/// A socket that programs which this one starts do not inherit.
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
