//! How a connection ended.

use std::sync::Arc;
use std::{error, fmt, io};

/// How a connection ended. Cheap to clone: every call in flight gets a clone.
#[derive(Clone, Debug)]
pub struct Gone(Arc<GoneReason>);

/// The ways in which a connection ends.
#[derive(Debug)]
#[non_exhaustive]
pub enum GoneReason {
    /// The server closed it.
    Closed,
    /// The client was dropped or closed.
    Local,
    /// Reading or writing failed.
    Io(io::Error),
    /// The server violated the protocol.
    Protocol(String),
    /// The server had negotiated already when it read our negotiation: commands that an earlier client had sent ran in
    /// this session. A new connection has a session of its own.
    AlreadyNegotiated,
    /// A client that heals has lost its connection, and gave up connecting again. The last attempt failed by this
    /// [`ConnectError`](crate::client::ConnectError).
    NotHealed(Box<dyn error::Error + Send + Sync>),
}

impl Gone {
    pub(in crate::client) fn new(reason: GoneReason) -> Gone {
        Gone(Arc::new(reason))
    }

    /// Whether the server ended it, and not this client.
    #[cfg_attr(
        not(all(unix, any(feature = "threads", feature = "tokio"))),
        allow(dead_code, reason = "for clients with a transport")
    )]
    pub(in crate::client) fn is_by_server(&self) -> bool {
        matches!(self.reason(), GoneReason::Closed)
    }

    /// The reason.
    #[must_use]
    pub fn reason(&self) -> &GoneReason {
        &self.0
    }
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason() {
            GoneReason::NotHealed(_) => f.write_str("the connection was lost and did not heal in time"),
            GoneReason::Closed => f.write_str("the server closed the connection"),
            GoneReason::Local => f.write_str("the client closed the connection"),
            GoneReason::Io(_) => f.write_str("the connection broke"),
            GoneReason::Protocol(what) => write!(f, "the server left the protocol: {what}"),
            GoneReason::AlreadyNegotiated => {
                f.write_str("the session was negotiated already, by commands of an earlier client")
            }
        }
    }
}

impl error::Error for Gone {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self.reason() {
            GoneReason::Io(error) => Some(error),
            GoneReason::NotHealed(error) => Some(&**error),
            _ => None,
        }
    }
}
