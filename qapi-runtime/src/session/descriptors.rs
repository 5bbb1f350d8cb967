//! Descriptors that wait for the command that they were sent with.

use crate::context::File;
use crate::{Error, Result};

/// How many descriptors may wait in a session by default: as many as one message can carry on Linux. The limit keeps a
/// client that never completes a command from using up all descriptors of the process.
pub(super) const LIMIT: usize = 253;

/// Descriptors for one command, and why some of them are missing.
///
/// A command that has lost descriptors must not run: its handler would take the wrong ones.
#[derive(Debug, Default)]
pub(super) struct Descriptors {
    files: Vec<File>,
    loss: Option<Loss>,
}

/// Why descriptors are missing.
#[derive(Clone, Copy, Debug)]
enum Loss {
    /// The kernel dropped them: the transport's buffer was too small, or the process has too many open.
    Truncated,
    /// The settings accept no descriptors.
    NotAccepted,
    /// The limit of waiting descriptors was exceeded.
    TooMany { limit: usize },
}

impl Descriptors {
    /// Accepts descriptors when `waiting` wait already and `limit` may wait. Those beyond the limit are closed at once.
    pub(super) fn admit(mut files: Vec<File>, waiting: usize, limit: usize) -> Descriptors {
        let room = limit.saturating_sub(waiting);
        if files.len() <= room {
            return Descriptors { files, loss: None };
        }
        tracing::warn!(closed = files.len() - room, limit, "client sent too many descriptors");
        files.truncate(room);
        let loss = if limit == 0 { Loss::NotAccepted } else { Loss::TooMany { limit } };
        Descriptors { files, loss: Some(loss) }
    }

    /// Records that the kernel has dropped some.
    pub(super) fn lose(&mut self) {
        self.loss = self.loss.or(Some(Loss::Truncated));
    }

    /// Appends descriptors that arrived later.
    pub(super) fn add(&mut self, later: Descriptors) {
        self.files.extend(later.files);
        self.loss = self.loss.or(later.loss);
    }

    /// Closes the descriptors of a malformed message. A loss stays recorded for the next command, which the lost
    /// descriptors may have been meant for.
    pub(super) fn drop_files(&mut self) {
        self.files.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// The descriptors, if none were lost.
    pub(super) fn into_files(self) -> Result<Vec<File>> {
        let Some(loss) = self.loss else { return Ok(self.files) };
        let what = "Descriptors sent with the command";
        Err(match loss {
            Loss::Truncated => Error::generic(format_args!("{what} were lost on the way")),
            Loss::NotAccepted => Error::generic(format_args!("{what} are not accepted here")),
            Loss::TooMany { limit } => {
                Error::generic(format_args!("{what} are too many: no more than {limit} may wait"))
            }
        })
    }
}
