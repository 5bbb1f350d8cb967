//! Why an operation has not succeeded.

use crate::client::{CommandError, Gone};
use std::sync::Arc;
use std::time::Duration;
use std::{error, fmt};

/// An operation that failed, or a wait for it that ended before.
#[derive(Debug)]
#[non_exhaustive]
pub struct OperationError {
    /// The operation, such as `job copy`.
    pub operation: String,
    /// The server: its socket's path or address, if it has one.
    pub peer: Option<Arc<str>>,
    /// The last state that was seen, as text. `Running::last` has it as a value.
    pub last: Option<String>,
    /// Why it has not succeeded.
    pub kind: OperationErrorKind,
}

/// Why an operation has not succeeded.
#[derive(Debug)]
#[non_exhaustive]
pub enum OperationErrorKind {
    /// The operation failed. The text is the server's.
    Failed(String),
    /// The guest refused to release the device. The status is that of its ACPI_DEVICE_OST, if the refusal was one.
    Refused(Option<i64>),
    /// The command that starts the operation, or one that asks for its state, returned no result.
    Command(Box<CommandError>),
    /// The server's reply to this command is not what its schema says.
    Reply(&'static str),
    /// What is read has more bytes than this, which is the limit that the caller set, or the default.
    TooLarge(u64),
    /// The operation did not end in this time. It goes on in the server.
    Timeout(Duration),
    /// The connection has ended.
    Gone(Gone),
}

impl OperationErrorKind {
    pub(in crate::client) fn command(error: CommandError) -> OperationErrorKind {
        OperationErrorKind::Command(Box::new(error))
    }
}

impl OperationError {
    pub(super) fn new(
        operation: String,
        peer: Option<Arc<str>>,
        last: Option<String>,
        kind: OperationErrorKind,
    ) -> OperationError {
        if let OperationErrorKind::Timeout(limit) = &kind {
            let (operation, last) =
                (crate::Escaped::new(&operation), last.as_deref().map(crate::Escaped::new));
            tracing::debug!(%operation, last = last.map(tracing::field::display), ?limit, "no end in time");
        }
        OperationError { operation, peer, last, kind }
    }
}

impl fmt::Display for OperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.operation)?;
        if let Some(peer) = &self.peer {
            write!(f, " at {peer}")?;
        }
        match &self.kind {
            OperationErrorKind::Failed(text) => write!(f, " failed: {text}")?,
            OperationErrorKind::Refused(None) => f.write_str(" was refused by the guest")?,
            OperationErrorKind::Refused(Some(status)) => {
                write!(f, " was refused by the guest with status {status}")?;
            }
            OperationErrorKind::Command(_) => f.write_str(": a command returned no result")?,
            OperationErrorKind::Reply(command) => {
                write!(f, ": the reply to {command} is not what its schema says")?;
            }
            OperationErrorKind::TooLarge(max) => write!(f, ": there are more than {max} bytes")?,
            OperationErrorKind::Timeout(limit) => write!(f, " did not end within {limit:?}")?,
            OperationErrorKind::Gone(_) => f.write_str(": the connection ended before")?,
        }
        match &self.last {
            Some(last) => write!(f, "; last seen: {last}"),
            None => Ok(()),
        }
    }
}

impl error::Error for OperationError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.kind {
            OperationErrorKind::Command(error) => Some(&**error),
            OperationErrorKind::Gone(reason) => Some(reason),
            _ => None,
        }
    }
}
