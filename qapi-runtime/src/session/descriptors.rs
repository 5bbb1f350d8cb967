//! Descriptors on their way to the command that they were sent with.

use crate::context::File;
use crate::{Error, Result};

/// How many descriptors may wait in a session unless the settings say otherwise: as many as Linux lets one write carry.
/// A client that sends them without ever completing a command must not use up those of the process.
pub(super) const LIMIT: usize = 253;

/// Descriptors for one command, and why some of them are missing.
///
/// A command that was to get more than it has must not run: its handler would take the wrong ones.
#[derive(Debug, Default)]
pub(super) struct Descriptors {
    files: Vec<File>,
    loss: Option<Loss>,
}

/// Why descriptors are missing.
#[derive(Clone, Copy, Debug)]
enum Loss {
    /// The kernel had no room for them: the transport's buffer was too small, or the process has too many open.
    Truncated,
    /// The settings accept none.
    NotAccepted,
    /// So many wait already.
    TooMany { limit: usize },
}

impl Descriptors {
    /// What came, when so many wait already and `limit` may. Those beyond it are closed here and now.
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

    /// Notes that the kernel has dropped some.
    pub(super) fn lose(&mut self) {
        self.loss = self.loss.or(Some(Loss::Truncated));
    }

    /// Puts those that came later behind these.
    pub(super) fn add(&mut self, later: Descriptors) {
        self.files.extend(later.files);
        self.loss = self.loss.or(later.loss);
    }

    /// Those of a message that is no command are closed. A loss is still to be told to the next command: what the
    /// client believes to have sent may well be meant for that.
    pub(super) fn drop_files(&mut self) {
        self.files.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// The descriptors, if all of them are there.
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
