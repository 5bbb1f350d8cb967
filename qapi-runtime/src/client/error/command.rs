//! Why a command returned no result.

use super::{Gone, Refusal};
use crate::client::protocol::Failure;
use crate::{Error, ErrorClass};
use std::sync::Arc;
use std::time::Duration;
use std::{error, fmt};

/// A command that returned no result.
#[derive(Debug)]
#[non_exhaustive]
pub struct CommandError {
    /// The command's name.
    pub command: String,
    /// The server: its socket's path or address, if it has one.
    pub peer: Option<Arc<str>>,
    /// Why there is no result.
    pub kind: CommandErrorKind,
}

/// Why a command returned no result.
#[derive(Debug)]
#[non_exhaustive]
pub enum CommandErrorKind {
    /// The server refused the command, or the command failed.
    Refused(Refusal),
    /// The reply does not match the schema. The error has the path to the member.
    Reply(Error),
    /// The arguments cannot be sent.
    Arguments(Error),
    /// The access that this client is limited to leaves the command out. Nothing was sent.
    LeftOut,
    /// The call is to be [repeated](crate::client::Retry), and the command may change something. Nothing was sent.
    MayChange,
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
    /// Names the command and the server. Logs a time-out.
    pub(in crate::client) fn new(
        command: &str,
        peer: Option<&Arc<str>>,
        kind: CommandErrorKind,
    ) -> CommandError {
        if let CommandErrorKind::Timeout(limit) = &kind {
            tracing::debug!(command = %crate::Escaped::new(command), ?limit, "no reply in time");
        }
        CommandError { command: command.to_owned(), peer: peer.cloned(), kind }
    }

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
        match &self.kind {
            CommandErrorKind::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The class of the server's error reply, if the server refused the command.
    #[must_use]
    pub fn class(&self) -> Option<&ErrorClass> {
        self.refusal().map(|refusal| &refusal.class)
    }
}

impl From<Failure> for CommandErrorKind {
    fn from(failure: Failure) -> CommandErrorKind {
        match failure {
            Failure::Refused(refusal) => CommandErrorKind::Refused(refusal),
            Failure::Gone { reason, sent } => CommandErrorKind::Gone { reason, sent },
        }
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.command)?;
        if let Some(peer) = &self.peer {
            write!(f, " at {peer}")?;
        }
        f.write_str(": ")?;
        match &self.kind {
            CommandErrorKind::Refused(refusal) => refusal.fmt(f),
            CommandErrorKind::Reply(_) => f.write_str("the reply is not what the schema says"),
            CommandErrorKind::Arguments(_) => f.write_str("the arguments cannot be sent"),
            CommandErrorKind::LeftOut => f.write_str("this client's access leaves it out"),
            CommandErrorKind::MayChange => f.write_str("it may change something, so it is not repeated"),
            CommandErrorKind::NoOutOfBand => f.write_str("out-of-band execution was not negotiated"),
            CommandErrorKind::Gone { sent: true, .. } => f.write_str("the connection ended before the reply"),
            CommandErrorKind::Gone { sent: false, .. } => {
                f.write_str("the connection ended before the command was sent")
            }
            CommandErrorKind::Timeout(limit) => write!(f, "no reply within {limit:?}"),
        }
    }
}

impl error::Error for CommandError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.kind {
            CommandErrorKind::Reply(error) | CommandErrorKind::Arguments(error) => Some(error),
            CommandErrorKind::Gone { reason, .. } => Some(reason),
            _ => None,
        }
    }
}
