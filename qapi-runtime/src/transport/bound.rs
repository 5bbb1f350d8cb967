//! Detects a server that has bound its Unix socket and does not listen yet.
//!
//! Our own listeners exclude each other by their [locks](super::lock). Other programs, such as QEMU, do not use those
//! locks. Their sockets are found in the kernel's list of Unix sockets.

#[cfg(any(target_os = "linux", target_os = "android"))]
use {
    super::lock::is_same,
    std::ffi::OsStr,
    std::fs,
    std::io::{self, BufRead},
    std::os::unix::ffi::OsStrExt,
};

use std::path::Path;

/// Whether some process of this network namespace is about to listen on the socket at this path.
///
/// Also false when the kernel provides no list, as on systems other than Linux.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn is_about_to_listen(path: &Path) -> bool {
    let Ok(list) = fs::File::open("/proc/net/unix") else { return false };
    let lines = io::BufReader::new(list).split(b'\n').map_while(Result::ok);
    lines.filter_map(|line| bound_path(&line).map(<[u8]>::to_vec)).any(|bound| is_at(path, &bound))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn is_about_to_listen(_path: &Path) -> bool {
    false
}

/// The path in a line of the list, if the line is about a stream socket that neither listens nor is connected.
///
/// A line is `address: references protocol flags type state inode path`. Numbers are hexadecimal, except for the inode.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn bound_path(line: &[u8]) -> Option<&[u8]> {
    /// `__SO_ACCEPTCON`: it listens.
    const LISTENS: &[u8] = b"00010000";
    /// `SOCK_STREAM`.
    const STREAM: &[u8] = b"0001";
    /// `SS_UNCONNECTED`.
    const UNCONNECTED: &[u8] = b"01";

    let mut rest = line;
    let mut next = || {
        let start = rest.iter().position(|byte| *byte != b' ')?;
        let (field, after) =
            rest[start..].split_at_checked(rest[start..].iter().position(|byte| *byte == b' ')?)?;
        rest = after;
        Some(field)
    };
    let [_address, _references, _protocol, flags, kind, state, _inode] =
        [next()?, next()?, next()?, next()?, next()?, next()?, next()?];
    let path = rest.strip_prefix(b" ")?;
    // An abstract name starts with `@` here. So may a path, but then it is relative and compared by its file name.
    ((kind, state) == (STREAM, UNCONNECTED) && flags != LISTENS).then_some(path)
}

/// Whether the path that a socket was bound to leads to the same file.
///
/// A relative path depends on the working directory of its process, which is not known. So only the file names are
/// compared: better to refuse a path once too often than to steal a socket.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_at(path: &Path, bound: &[u8]) -> bool {
    let bound = Path::new(OsStr::from_bytes(bound));
    if !bound.is_absolute() {
        return bound.file_name() == path.file_name();
    }
    let both = fs::symlink_metadata(path).and_then(|ours| Ok((ours, fs::symlink_metadata(bound)?)));
    both.is_ok_and(|(ours, theirs)| is_same(&ours, &theirs))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};
    use std::os::unix::net::{UnixListener, UnixStream};

    #[test]
    fn only_bound_stream_sockets_count() {
        let line = |flags, kind, state| {
            format!("0000000000000000: 00000002 00000000 {flags} {kind} {state} 12345 /run/a b")
        };
        assert_eq!(bound_path(line("00000000", "0001", "01").as_bytes()), Some(&b"/run/a b"[..]));
        assert_eq!(bound_path(line("00010000", "0001", "01").as_bytes()), None, "listens");
        assert_eq!(bound_path(line("00000000", "0002", "01").as_bytes()), None, "takes datagrams");
        assert_eq!(bound_path(line("00000000", "0001", "03").as_bytes()), None, "is connected");
        assert_eq!(
            bound_path(b"0000000000000000: 00000003 00000000 00000000 0001 01     7"),
            None,
            "no name"
        );
        assert_eq!(bound_path(b"Num       RefCount Protocol Flags    Type St Inode Path"), None);
    }

    #[test]
    fn a_listening_socket_and_a_stale_one_do_not_count() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("qmp");
        let socket = rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None).expect("a socket");
        rustix::net::bind(&socket, &SocketAddrUnix::new(&path).expect("an address")).expect("binds");
        assert!(is_about_to_listen(&path));
        let listener = UnixListener::from(socket);
        rustix::net::listen(&listener, 1).expect("listens");
        assert!(!is_about_to_listen(&path));
        let client = UnixStream::connect(&path).expect("connects");
        let served = listener.accept().expect("a client");
        drop(listener);
        assert!(!is_about_to_listen(&path), "a session that outlives its listener");
        drop((client, served));
    }
}
