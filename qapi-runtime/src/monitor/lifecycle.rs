//! Notifications of sessions that begin and end.

use crate::Peer;
use std::sync::Arc;

/// A session begins or ends.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum SessionChange<'a> {
    /// A client has connected. It has not negotiated yet.
    #[non_exhaustive]
    Began {
        /// The session's number: unique in the process.
        session: u64,
        /// Who has connected.
        peer: &'a Peer,
        /// The name of the listener that accepted the client, if it has one.
        listener: Option<&'a str>,
    },
    /// The session is over, and state kept for its number can be freed. One of its commands may still run.
    #[non_exhaustive]
    Ended {
        /// The session's number.
        session: u64,
        /// Who was connected.
        peer: &'a Peer,
        /// The name of the listener that accepted the client, if it has one.
        listener: Option<&'a str>,
    },
}

/// The callback. Must not block.
pub(super) type Hook = Arc<dyn Fn(SessionChange<'_>) + Send + Sync>;
