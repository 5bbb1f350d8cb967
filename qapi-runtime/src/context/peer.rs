//! Who sits at the other end of a session.

use core::net::SocketAddr;
use std::fmt;

/// Who sits at the other end of a session. Printed for logs, as in `unix:pid=812,uid=1000,gid=1000`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Peer {
    /// Nothing is known, as in a session that a test drives.
    #[default]
    Unknown,
    /// The process that holds the other end of our standard input and output.
    Stdio,
    /// A client of a Unix socket, with what the kernel says of it. Kernels other than Linux are not asked.
    Unix(Option<Credentials>),
    /// A client of a TCP socket.
    Tcp(SocketAddr),
}

impl Peer {
    /// The user of the client, where the kernel tells.
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

/// The process that connected to a Unix socket, as the kernel noted it when it did.
///
/// The client cannot forge them. But it may have passed the connection on since, or be at the end of a proxy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Credentials {
    /// The process, by its number in our process namespace; none when it is not in there, such as a client outside of the
    /// container that we are in.
    ///
    /// It is for logs. By now the process may have ended, and another have its number: decide by the user instead.
    pub pid: Option<u32>,
    /// The effective user, by its number in our user namespace. Users that are not in there are all called 65534.
    pub uid: u32,
    /// The effective group, by its number in our user namespace. Those that are not in there are all called 65534. The
    /// supplementary groups of the process are not known.
    pub gid: u32,
}

impl Credentials {
    /// A process that is not named, with this effective user and group.
    #[must_use]
    pub const fn new(uid: u32, gid: u32) -> Credentials {
        Credentials { pid: None, uid, gid }
    }

    /// The same with the number of the process.
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
