//! Operations, waited for by the calling thread.

use super::Client;
use crate::client::operation::{Action, Began, Course, Operation, OperationError, Question, Steps};
use crate::client::shared::Queue;
use crate::client::{ClientSchema, CommandError};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

crate::client::common::operations!();

/// Asks the questions of an operation.
struct Asker<S> {
    line: Line<S>,
}

impl<S: ClientSchema> Client<S> {
    /// Runs an operation to its end, for at most `limit`, see [`operation`](crate::client::operation). When the limit
    /// passes, only the wait ends: the operation goes on in the server.
    ///
    /// # Errors
    ///
    /// See [`OperationError`].
    pub fn run<O: Operation<S>>(
        &self,
        operation: O,
        limit: Duration,
    ) -> Result<<O::Steps as Steps>::Outcome, OperationError> {
        self.start(operation, limit)?.wait()
    }

    /// Starts an operation, which then has `limit` to end. The command that starts it is cancelled as by
    /// [`execute`](Client::execute), when it has no reply within `limit`.
    ///
    /// # Errors
    ///
    /// The command that starts it returned no result.
    pub fn start<O: Operation<S>>(
        &self,
        operation: O,
        limit: Duration,
    ) -> Result<Running<S, O::Steps>, OperationError> {
        let (client, queue) = (self.clone(), self.inner.connection.shared.subscribe());
        start(Box::new(move || client.clone()), queue, operation, limit)
    }
}

/// Starts an operation. The queue was subscribed before, so it has all that the command leads to.
pub(super) fn start<S: ClientSchema, O: Operation<S>>(
    line: Line<S>,
    queue: Arc<Queue>,
    operation: O,
    limit: Duration,
) -> Result<Running<S, O::Steps>, OperationError> {
    let (client, began) = (line(), operation.begin());
    let checked = client.check(&began);
    let mut course = Course::new(began.steps, client.inner.peer.clone(), limit, Instant::now());
    checked.map_err(|error| course.refused(error))?;
    if let Some((name, request)) = began.command {
        course.started(client.with_timeout(limit).run(&name, request))?;
    }
    Ok(Running { asker: Asker { line }, queue, course })
}

impl<S: ClientSchema, W: Steps> Running<S, W> {
    /// Waits until the operation has progressed, and returns its state; `None` when it has ended.
    ///
    /// # Errors
    ///
    /// The operation failed, or the wait for it. After a time-out, [`extend`](Running::extend) resumes the wait.
    pub fn progress(&mut self) -> Result<Option<W::Progress>, OperationError> {
        match self.advance()? {
            Reached::Progress(progress) => Ok(Some(progress)),
            Reached::End(_) => Ok(None),
        }
    }

    /// Waits until the operation has ended.
    ///
    /// # Errors
    ///
    /// As [`progress`](Running::progress).
    pub fn wait(&mut self) -> Result<W::Outcome, OperationError> {
        loop {
            if let Reached::End(outcome) = self.advance()? {
                return Ok(outcome);
            }
        }
    }

    fn advance(&mut self) -> Result<Reached<W>, OperationError> {
        loop {
            match self.course.next(Instant::now())? {
                Action::Ask(question, limit) => {
                    let client = (self.asker.line)();
                    let call = client.with_timeout(limit);
                    let reply = call.run(&question.command, question.request);
                    self.course.reply(&self.queue, reply, Instant::now())?;
                }
                Action::Listen(until) => {
                    let event = self.queue.wait(until);
                    self.course.hear(&self.queue, event, Instant::now())?;
                }
                Action::Report(progress) => return Ok(Reached::Progress(progress)),
                Action::Done(outcome) => return Ok(Reached::End(outcome)),
            }
        }
    }
}
