//! A file of the guest, written as a whole.

use super::base64;
use super::file::{Ask, BLOCK, File, Transferred};
use crate::Any;
use crate::client::operation::{Began, Failure, Operation, OperationErrorKind, Question, Steps, sealed};
use crate::client::{CommandError, RawEvent};
use serde_json::json;

#[cfg(test)]
mod tests;

/// Writes a file of the guest in blocks. The file is created, or emptied before.
///
/// It fails with [`OperationErrorKind::Command`] if the agent cannot open or write the file; the file then has a part of
/// the contents. When it has ended, the agent has passed all to the guest's system, which may still have it in memory.
#[derive(Clone, Debug)]
pub struct WriteFile {
    path: String,
    contents: Vec<u8>,
    block: usize,
}

impl WriteFile {
    /// Writes the file at `path` in the guest.
    #[must_use]
    pub fn new(path: impl Into<String>, contents: impl Into<Vec<u8>>) -> WriteFile {
        WriteFile { path: path.into(), contents: contents.into(), block: BLOCK }
    }

    /// Sets how many bytes are written at once, at least one.
    #[must_use]
    pub fn block_size(self, bytes: usize) -> WriteFile {
        WriteFile { block: bytes.max(1), ..self }
    }
}

impl sealed::Operation for WriteFile {}

impl<S> Operation<S> for WriteFile {
    type Steps = WriteSteps;

    fn begin(self) -> Began<WriteSteps> {
        let path = self.path.clone();
        File::begin(WriteSteps::new(self), &path, "wb")
    }
}

/// The work of a [`WriteFile`].
#[derive(Debug)]
pub struct WriteSteps {
    write: WriteFile,
    file: File,
    written: usize,
    flushed: bool,
    closed: bool,
    report: bool,
}

impl WriteSteps {
    fn new(write: WriteFile) -> WriteSteps {
        let file = File::default();
        WriteSteps { write, file, written: 0, flushed: false, closed: false, report: false }
    }

    /// What is written next.
    fn block(&self) -> &[u8] {
        let rest = &self.write.contents[self.written..];
        &rest[..rest.len().min(self.write.block)]
    }

    fn take(&mut self, reply: &Any) -> Result<(), OperationErrorKind> {
        let count = reply["count"].as_u64().and_then(|count| usize::try_from(count).ok());
        let count = count.filter(|count| (1..=self.block().len()).contains(count));
        self.written += count.ok_or(OperationErrorKind::Reply("guest-file-write"))?;
        self.report = true;
        Ok(())
    }
}

impl sealed::Steps for WriteSteps {}

impl Steps for WriteSteps {
    type Progress = Transferred;
    type Outcome = ();

    const WORKS: bool = true;

    fn what(&self) -> String {
        format!("writing {}", self.write.path)
    }

    fn needs(&self) -> Vec<&str> {
        vec!["guest-file-write", "guest-file-flush", "guest-file-close"]
    }

    fn report(&mut self) -> Option<Transferred> {
        let (bytes, total) = (self.written as u64, Some(self.write.contents.len() as u64));
        std::mem::take(&mut self.report).then_some(Transferred { bytes, total })
    }

    fn outcome(&self) -> Option<Result<(), Failure>> {
        self.closed.then_some(Ok(()))
    }

    fn question(&mut self) -> Option<Question> {
        let next = match self.block() {
            [] if self.flushed => Ask::Close,
            [] => Ask::Flush,
            _ => Ask::Block,
        };
        let block = base64::encode(self.block());
        self.file.ask(next, self.written, ("buf-b64", json!(block)))
    }

    fn reply(&mut self, reply: Result<Any, CommandError>) -> Result<(), OperationErrorKind> {
        match (reply, self.file.is_closing()) {
            (Ok(reply), _) => match self.file.answered() {
                Some(Ask::Block) => self.take(&reply)?,
                Some(Ask::Flush) => self.flushed = true,
                Some(Ask::Close) => self.closed = true,
                Some(Ask::Seek) | None => {}
            },
            // All was flushed. The agent has closed the file already, or cannot.
            (Err(_), true) => {
                self.file.answered();
                self.closed = true;
            }
            // It keeps the question open, so that another wait sets the position again.
            (Err(error), false) => return Err(OperationErrorKind::command(error)),
        }
        Ok(())
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
