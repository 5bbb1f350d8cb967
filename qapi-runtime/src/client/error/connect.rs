//! Why a client could not connect.

use super::Gone;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;
use std::{error, fmt, io};

/// A client that could not connect.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConnectError {
    /// The server: its socket's path or address, if it has one.
    pub peer: Option<Arc<str>>,
    /// Why the client could not connect.
    pub kind: ConnectErrorKind,
}

/// Why a client could not connect.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectErrorKind {
    /// No server listens there, or the connection was refused.
    Io(io::Error),
    /// The connection ended before commands could be sent.
    Gone(Gone),
    /// The negotiation did not complete in this time. A monitor that serves one client at a time keeps others waiting.
    Timeout(Duration),
    /// The server's process has ended before the client was ready.
    Ended(ExitStatus),
}

impl ConnectError {
    /// Names the server. Logs a time-out.
    pub(in crate::client) fn new(peer: Option<Arc<str>>, kind: ConnectErrorKind) -> ConnectError {
        if let ConnectErrorKind::Timeout(limit) = &kind {
            tracing::debug!(peer = peer.as_deref(), ?limit, "not ready in time");
        }
        ConnectError { peer, kind }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot connect")?;
        if let Some(peer) = &self.peer {
            write!(f, " to {peer}")?;
        }
        match &self.kind {
            ConnectErrorKind::Io(_) => Ok(()),
            ConnectErrorKind::Gone(_) => f.write_str(": the connection ended before commands could be sent"),
            ConnectErrorKind::Timeout(limit) => {
                write!(f, ": the server was not ready within {limit:?}; it may serve another client")
            }
            ConnectErrorKind::Ended(status) => write!(f, ": the server's process has ended with {status}"),
        }
    }
}

impl error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.kind {
            ConnectErrorKind::Io(error) => Some(error),
            ConnectErrorKind::Gone(reason) => Some(reason),
            ConnectErrorKind::Timeout(_) | ConnectErrorKind::Ended(_) => None,
        }
    }
}

impl From<io::Error> for ConnectError {
    fn from(error: io::Error) -> ConnectError {
        ConnectError::new(None, ConnectErrorKind::Io(error))
    }
}
