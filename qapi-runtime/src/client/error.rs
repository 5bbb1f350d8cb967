//! Errors of clients. The text of an error does not repeat that of its source.

use crate::{Any, Error, ErrorClass};
use std::sync::Arc;
use std::time::Duration;
use std::{error, fmt, io};

/// A server's error reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The class, for programs to distinguish errors.
    pub class: ErrorClass,
    /// The description, for people to read.
    pub desc: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.class {
            ErrorClass::GenericError => f.write_str(&self.desc),
            class => write!(f, "{} ({class})", self.desc),
        }
    }
}

/// Why a command returned no result.
#[derive(Debug)]
#[non_exhaustive]
pub enum CommandError {
    /// The server refused the command, or the command failed.
    Refused(Refusal),
    /// The reply does not match the schema. The error has the path to the member.
    Reply(Error),
    /// The arguments cannot be sent.
    Arguments(Error),
    /// Out-of-band execution was requested but not negotiated.
    NoOutOfBand,
    /// The connection has ended.
    Gone {
        /// How it ended.
        reason: Gone,
        /// Whether the command had been sent, in which case the server may have executed it.
        sent: bool,
    },
    /// No reply arrived in this time. If the command had been sent, the server may still execute it.
    Timeout(Duration),
}

impl CommandError {
    /// The server's error reply, if the server refused the command.
    ///
    /// ```
    /// use qapi_runtime::client::CommandError;
    ///
    /// fn is_unknown(error: &CommandError) -> bool {
    ///     error.refusal().is_some_and(|refusal| refusal.class == qapi_runtime::ErrorClass::CommandNotFound)
    /// }
    /// # let _ = is_unknown;
    /// ```
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            CommandError::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The class of the server's error reply, if the server refused the command.
    #[must_use]
    pub fn class(&self) -> Option<&ErrorClass> {
        self.refusal().map(|refusal| &refusal.class)
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommandError::Refused(refusal) => refusal.fmt(f),
            CommandError::Reply(_) => f.write_str("the reply is not what the schema says"),
            CommandError::Arguments(_) => f.write_str("the arguments cannot be sent"),
            CommandError::NoOutOfBand => f.write_str("out-of-band execution was not negotiated"),
            CommandError::Gone { sent: true, .. } => f.write_str("the connection ended before the reply"),
            CommandError::Gone { sent: false, .. } => {
                f.write_str("the connection ended before the command was sent")
            }
            CommandError::Timeout(limit) => write!(f, "no reply within {limit:?}"),
        }
    }
}

impl error::Error for CommandError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            CommandError::Reply(error) | CommandError::Arguments(error) => Some(error),
            CommandError::Gone { reason, .. } => Some(reason),
            _ => None,
        }
    }
}

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
}

impl Gone {
    pub(super) fn new(reason: GoneReason) -> Gone {
        Gone(Arc::new(reason))
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
            _ => None,
        }
    }
}

/// Why a client could not connect.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// No server listens there, or the connection was refused.
    Io(io::Error),
    /// The connection ended before commands could be sent.
    Gone(Gone),
    /// The negotiation did not complete in this time. A monitor that serves one client at a time keeps others waiting.
    Timeout(Duration),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConnectError::Io(_) => f.write_str("cannot connect"),
            ConnectError::Gone(_) => f.write_str("the connection ended before commands could be sent"),
            ConnectError::Timeout(limit) => {
                write!(
                    f,
                    "cannot connect: the server was not ready within {limit:?}; it may serve another client"
                )
            }
        }
    }
}

impl error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            ConnectError::Io(error) => Some(error),
            ConnectError::Gone(reason) => Some(reason),
            ConnectError::Timeout(_) => None,
        }
    }
}

impl From<io::Error> for ConnectError {
    fn from(error: io::Error) -> ConnectError {
        ConnectError::Io(error)
    }
}

/// An event whose data does not match the schema. The stream continues after it.
#[derive(Debug)]
#[non_exhaustive]
pub struct EventError {
    /// The event's name.
    pub name: String,
    /// The data as received.
    pub data: Any,
    /// What does not match, with the path to the member.
    pub error: Error,
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the event {} is not what the schema says", self.name)
    }
}

impl error::Error for EventError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of an error and of its sources, one by one.
    fn chain(error: &dyn error::Error) -> Vec<String> {
        std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect()
    }

    #[test]
    fn no_error_repeats_its_source() {
        let gone = || Gone::new(GoneReason::Io(io::Error::other("reset")));
        let error = || Error::generic("Parameter 'a' is missing");
        let event = EventError { name: "STOP".into(), data: Any::Null, error: error() };
        let chains = [
            chain(&CommandError::Reply(error())),
            chain(&CommandError::Arguments(error())),
            chain(&CommandError::Gone { reason: gone(), sent: true }),
            chain(&CommandError::Gone { reason: gone(), sent: false }),
            chain(&ConnectError::Io(io::Error::other("refused"))),
            chain(&ConnectError::Gone(gone())),
            chain(&event),
        ];
        for chain in chains {
            assert!(chain.len() > 1, "{chain:?}");
            for pair in chain.windows(2) {
                assert!(!pair[0].contains(&pair[1]), "{chain:?}");
            }
        }
        let texts = chain(&CommandError::Gone { reason: gone(), sent: true });
        assert_eq!(texts, ["the connection ended before the reply", "the connection broke", "reset"]);
    }
}
