//! A file that the agent has opened.

use crate::client::operation::{Began, Question};
use crate::client::{CommandError, CommandErrorKind, Request};
use crate::{Any, Error};
use serde_json::json;
use std::fmt;

/// How much is sent at once. The agent takes up to 48 MiB.
pub(super) const BLOCK: usize = 256 * 1024;

/// How far a transfer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transferred {
    /// How many bytes were transferred.
    pub bytes: u64,
    /// How many there are. `None` when a file is read: the agent does not tell its size.
    pub total: Option<u64>,
}

impl fmt::Display for Transferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.total {
            None => write!(f, "{} bytes", self.bytes),
            Some(total) => write!(f, "{} of {total} bytes", self.bytes),
        }
    }
}

/// What is asked of the agent about an open file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// To set the position.
    Seek,
    /// To read or write a block, which moves the position.
    Block,
    Flush,
    Close,
}

/// The handle of a file, and the question about it that has no reply.
#[derive(Debug, Default)]
pub(super) struct File {
    /// `None` before the file is open, and after it is closed.
    handle: Option<i64>,
    asked: Option<Ask>,
}

impl File {
    /// The operation that begins by opening a file.
    pub(super) fn begin<W>(steps: W, path: &str, mode: &str) -> Began<W> {
        let command = "guest-file-open";
        let request = Request::raw(command, &json!({ "path": path, "mode": mode }));
        Began { steps, command: Some((command.to_owned(), request)) }
    }

    /// Takes the reply to the command that opens it.
    pub(super) fn opened(&mut self, reply: &Any) -> Result<(), CommandError> {
        self.handle = Some(number(reply, "guest-file-open")?);
        Ok(())
    }

    pub(super) fn is_open(&self) -> bool {
        self.handle.is_some()
    }

    /// Whether the agent was asked to close it.
    pub(super) fn is_closing(&self) -> bool {
        self.asked == Some(Ask::Close)
    }

    /// What to ask for `next`, with the position before the block, and the member that a block needs.
    pub(super) fn ask(&mut self, next: Ask, position: usize, member: (&str, Any)) -> Option<Question> {
        let handle = self.handle?;
        // A block without a reply may have moved the position.
        let is_moved = matches!(self.asked, Some(Ask::Block | Ask::Seek)) && next == Ask::Block;
        let next = if is_moved { Ask::Seek } else { next };
        self.asked = Some(next);
        let (name, value) = member;
        Some(match next {
            // From the beginning, by number: agents before 2.6 know no other way.
            Ask::Seek => {
                let arguments = json!({ "handle": handle, "offset": position, "whence": 0 });
                Question::new("guest-file-seek", &arguments)
            }
            Ask::Block => {
                let command = if name == "count" { "guest-file-read" } else { "guest-file-write" };
                Question::new(command, &json!({ "handle": handle, name: value }))
            }
            Ask::Flush => Question::new("guest-file-flush", &json!({ "handle": handle })),
            Ask::Close => close(handle),
        })
    }

    /// Which question a reply is for.
    pub(super) fn answered(&mut self) -> Option<Ask> {
        let asked = self.asked.take();
        if asked == Some(Ask::Close) {
            self.handle = None;
        }
        asked
    }

    /// What closes it, if it is open.
    pub(super) fn farewell(&self) -> Option<Question> {
        self.handle.map(close)
    }
}

fn close(handle: i64) -> Question {
    Question::new("guest-file-close", &json!({ "handle": handle }))
}

/// The reply to the command that starts an operation, where that is a number.
pub(super) fn number(reply: &Any, command: &str) -> Result<i64, CommandError> {
    reply.as_i64().ok_or_else(|| {
        let error = Error::generic(format_args!("the reply is no number: {reply}"));
        CommandError::new(command, None, CommandErrorKind::Reply(error))
    })
}
