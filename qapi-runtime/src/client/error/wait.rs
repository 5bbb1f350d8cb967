//! Why an event that was waited for did not come.

use super::{CommandError, EventError, Gone};
use std::sync::Arc;
use std::time::Duration;
use std::{error, fmt};

/// A wait that ended without its event.
#[derive(Debug)]
#[non_exhaustive]
pub struct WaitError {
    /// The event's name.
    pub event: &'static str,
    /// The server: its socket's path or address, if it has one.
    pub peer: Option<Arc<str>>,
    /// Why the wait ended.
    pub kind: WaitErrorKind,
}

/// Why a wait ended without its event.
#[derive(Debug)]
#[non_exhaustive]
pub enum WaitErrorKind {
    /// The command that leads to the event returned no result.
    Command(CommandError),
    /// The event did not come in this time.
    Timeout(Duration),
    /// The connection has ended.
    Gone(Gone),
    /// An event of this name does not match the schema.
    Event(EventError),
    /// So many events came that this number of them were dropped. The one that was waited for may be among them.
    Missed(u64),
}

impl WaitError {
    /// Names the event and the server. Logs a time-out.
    #[cfg_attr(
        not(all(unix, any(feature = "threads", feature = "tokio"))),
        allow(dead_code, reason = "for clients with a transport")
    )]
    pub(in crate::client) fn new(
        event: &'static str,
        peer: Option<&Arc<str>>,
        kind: WaitErrorKind,
    ) -> WaitError {
        if let WaitErrorKind::Timeout(limit) = &kind {
            tracing::debug!(event, ?limit, "no such event in time");
        }
        WaitError { event, peer: peer.cloned(), kind }
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("waiting for ")?;
        f.write_str(self.event)?;
        if let Some(peer) = &self.peer {
            write!(f, " at {peer}")?;
        }
        match &self.kind {
            WaitErrorKind::Command(_) => f.write_str(": the command returned no result"),
            WaitErrorKind::Timeout(limit) => write!(f, ": it did not come within {limit:?}"),
            WaitErrorKind::Gone(_) => f.write_str(": the connection ended before"),
            WaitErrorKind::Event(_) => f.write_str(": it cannot be decoded"),
            WaitErrorKind::Missed(events) => write!(f, ": {events} events were dropped"),
        }
    }
}

impl error::Error for WaitError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.kind {
            WaitErrorKind::Command(error) => Some(error),
            WaitErrorKind::Gone(reason) => Some(reason),
            WaitErrorKind::Event(error) => Some(error),
            WaitErrorKind::Timeout(_) | WaitErrorKind::Missed(_) => None,
        }
    }
}
