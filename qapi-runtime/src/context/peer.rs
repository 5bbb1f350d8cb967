//! The peer of a session.

use core::net::SocketAddr;
use std::fmt;

/// The peer of a session. Its `Display` form is for logs, such as `unix:pid=812,uid=1000,gid=1000`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Peer {
    /// Not known, as in a session that a test drives.
    #[default]
    Unknown,
    /// The process at the other end of standard input and output.
    Stdio,
    /// A client on a Unix socket, with its credentials from the kernel. Known on Linux only, with the feature
    /// `credentials`.
    Unix(Option<Credentials>),
    /// A client on a TCP socket.
    Tcp(SocketAddr),
}

impl Peer {
    /// The client's user, if the kernel reports it.
    pub(crate) fn user(&self) -> Option<u32> {
        match self {
            Peer::Unix(credentials) => credentials.map(|credentials| credentials.uid),
            Peer::Unknown | Peer::Stdio | Peer::Tcp(_) => None,
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Peer::Unknown => f.write_str("unknown"),
            Peer::Stdio => f.write_str("stdio"),
            Peer::Unix(None) => f.write_str("unix"),
            Peer::Unix(Some(credentials)) => write!(f, "unix:{credentials}"),
            Peer::Tcp(address) => write!(f, "tcp:{address}"),
        }
    }
}

/// The credentials of the process that connected to a Unix socket, as recorded by the kernel when it connected.
///
/// The client cannot forge them. But it may have passed the socket to another process since, or be a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Credentials {
    /// The process id in our PID namespace. `None` when the process is not visible there, such as a client outside of
    /// our container.
    ///
    /// Use it for logs only: the process may have ended and another one may have its id. Base decisions on the user.
    pub pid: Option<u32>,
    /// The effective user id in our user namespace; 65534 for a user that is not mapped there.
    pub uid: u32,
    /// The effective group id in our user namespace; 65534 for a group that is not mapped there. The supplementary
    /// groups of the process are not known.
    pub gid: u32,
}

impl Credentials {
    /// Credentials with this effective user and group and no process id.
    #[must_use]
    pub const fn new(uid: u32, gid: u32) -> Credentials {
        Credentials { pid: None, uid, gid }
    }

    /// Sets the process id.
    #[must_use]
    pub const fn with_pid(mut self, pid: u32) -> Credentials {
        self.pid = Some(pid);
        self
    }
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Credentials { pid, uid, gid } = self;
        if let Some(pid) = pid {
            write!(f, "pid={pid},")?;
        }
        write!(f, "uid={uid},gid={gid}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_printed_for_logs() {
        let user = Credentials::new(1000, 100);
        let address = SocketAddr::from(([127, 0, 0, 1], 4444));
        for (peer, text) in [
            (Peer::Unknown, "unknown"),
            (Peer::Stdio, "stdio"),
            (Peer::Unix(None), "unix"),
            (Peer::Unix(Some(user)), "unix:uid=1000,gid=100"),
            (Peer::Unix(Some(user.with_pid(812))), "unix:pid=812,uid=1000,gid=100"),
            (Peer::Tcp(address), "tcp:127.0.0.1:4444"),
        ] {
            assert_eq!(peer.to_string(), text);
        }
    }
}
