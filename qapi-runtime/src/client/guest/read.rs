//! A file of the guest, read to its end.

use super::base64;
use super::file::{Ask, BLOCK, File, Transferred};
use crate::Any;
use crate::client::operation::{Began, Failure, Operation, OperationErrorKind, Question, Steps, sealed};
use crate::client::{CommandError, RawEvent};
use serde_json::json;

#[cfg(test)]
mod tests;

/// How many bytes a file may have, unless the caller says otherwise.
const MAX: u64 = 64 * 1024 * 1024;

/// Reads a file of the guest in blocks. Its outcome is the contents.
///
/// It fails with [`OperationErrorKind::Command`] if the agent cannot open or read the file, and with
/// [`OperationErrorKind::TooLarge`] if the file has more than 64 MiB, or [`max_size`](ReadFile::max_size).
#[derive(Clone, Debug)]
pub struct ReadFile {
    path: String,
    max: u64,
    block: usize,
}

impl ReadFile {
    /// Reads the file at `path` in the guest.
    #[must_use]
    pub fn new(path: impl Into<String>) -> ReadFile {
        ReadFile { path: path.into(), max: MAX, block: BLOCK }
    }

    /// Sets how many bytes the file may have.
    #[must_use]
    pub fn max_size(self, bytes: u64) -> ReadFile {
        ReadFile { max: bytes, ..self }
    }

    /// Sets how many bytes are read at once, at least one.
    #[must_use]
    pub fn block_size(self, bytes: usize) -> ReadFile {
        ReadFile { block: bytes.max(1), ..self }
    }
}

impl sealed::Operation for ReadFile {}

impl<S> Operation<S> for ReadFile {
    type Steps = ReadSteps;

    fn begin(self) -> Began<ReadSteps> {
        let path = self.path.clone();
        File::begin(ReadSteps::new(self), &path, "rb")
    }
}

/// The work of a [`ReadFile`].
#[derive(Debug)]
pub struct ReadSteps {
    read: ReadFile,
    file: File,
    bytes: Vec<u8>,
    is_at_end: bool,
    report: bool,
}

impl ReadSteps {
    fn new(read: ReadFile) -> ReadSteps {
        ReadSteps { read, file: File::default(), bytes: Vec::new(), is_at_end: false, report: false }
    }

    fn take(&mut self, reply: &Any) -> Result<(), OperationErrorKind> {
        const MALFORMED: OperationErrorKind = OperationErrorKind::Reply("guest-file-read");
        let block = reply["buf-b64"].as_str().and_then(base64::decode).ok_or(MALFORMED)?;
        self.is_at_end = reply["eof"].as_bool().ok_or(MALFORMED)?;
        if block.is_empty() && !self.is_at_end {
            return Err(MALFORMED);
        }
        self.report |= !block.is_empty();
        self.bytes.extend_from_slice(&block);
        self.check_size()
    }

    fn check_size(&self) -> Result<(), OperationErrorKind> {
        let is_small = self.bytes.len() as u64 <= self.read.max;
        if is_small { Ok(()) } else { Err(OperationErrorKind::TooLarge(self.read.max)) }
    }
}

impl sealed::Steps for ReadSteps {}

impl Steps for ReadSteps {
    type Progress = Transferred;
    type Outcome = Vec<u8>;

    const WORKS: bool = true;

    fn what(&self) -> String {
        format!("reading {}", self.read.path)
    }

    fn needs(&self) -> Vec<&str> {
        vec!["guest-file-read", "guest-file-close"]
    }

    fn report(&mut self) -> Option<Transferred> {
        let progress = Transferred { bytes: self.bytes.len() as u64, total: None };
        std::mem::take(&mut self.report).then_some(progress)
    }

    fn outcome(&self) -> Option<Result<Vec<u8>, Failure>> {
        (self.is_at_end && !self.file.is_open()).then(|| Ok(self.bytes.clone()))
    }

    fn question(&mut self) -> Option<Question> {
        let next = if self.is_at_end { Ask::Close } else { Ask::Block };
        // One byte more than it may have shows that it has more.
        let room = self.read.max.saturating_sub(self.bytes.len() as u64).saturating_add(1);
        let count = room.min(self.read.block as u64);
        self.file.ask(next, self.bytes.len(), ("count", json!(count)))
    }

    fn reply(&mut self, reply: Result<Any, CommandError>) -> Result<(), OperationErrorKind> {
        // An error keeps the question open, so that another wait sets the position again.
        match (reply, self.file.is_closing()) {
            (Ok(reply), _) => match self.file.answered() {
                Some(Ask::Block) => self.take(&reply),
                _ => Ok(()),
            },
            // All was read. The agent has closed the file already, or cannot.
            (Err(_), true) => {
                self.file.answered();
                Ok(())
            }
            (Err(error), false) => Err(OperationErrorKind::command(error)),
        }
    }

    fn event(&mut self, _event: &RawEvent<'_>) {}

    fn look_again(&mut self) {}

    fn started(&mut self, reply: Result<Any, CommandError>) -> Result<(), CommandError> {
        self.file.opened(&reply?)
    }

    fn farewell(&self) -> Option<Question> {
        self.file.farewell()
    }
}
