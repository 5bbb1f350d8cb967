//! Operations, waited for by a task.

use super::{Client, within};
use crate::Any;
use crate::client::operation::{Action, Began, Course, Operation, OperationError, Question, Steps};
use crate::client::shared::{News, NoEvent, Queue};
use crate::client::{ClientSchema, CommandError};
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

crate::client::common::operations!();

type Asked = Pin<Box<dyn Future<Output = Result<Any, CommandError>> + Send>>;

/// Asks the questions of an operation.
struct Asker<S> {
    line: Line<S>,
    /// The question in flight. It outlives the future that asked it, so that none is sent twice: some change something, and
    /// some replies are given only once.
    asked: Option<Asked>,
}

impl<S: ClientSchema> Asker<S> {
    fn ask(&mut self, question: Question, limit: Duration) {
        let client = (self.line)();
        self.asked = Some(Box::pin(async move {
            client.with_timeout(limit).run(&question.command, question.request).await
        }));
    }

    /// The reply to the question in flight, if there is one.
    async fn reply(&mut self) -> Option<Result<Any, CommandError>> {
        let reply = self.asked.as_mut()?.await;
        self.asked = None;
        Some(reply)
    }
}

impl<S: ClientSchema> Client<S> {
    /// Runs an operation to its end, for at most `limit`, see [`operation`](crate::client::operation). When the limit
    /// passes or the future is dropped, only the wait ends: the operation goes on in the server.
    ///
    /// # Errors
    ///
    /// See [`OperationError`].
    pub async fn run<O: Operation<S>>(
        &self,
        operation: O,
        limit: Duration,
    ) -> Result<<O::Steps as Steps>::Outcome, OperationError> {
        self.start(operation, limit).await?.wait().await
    }

    /// Starts an operation, which then has `limit` to end. The command that starts it is cancelled as by
    /// [`execute`](Client::execute), when it has no reply within `limit` or the future is dropped.
    ///
    /// # Errors
    ///
    /// The command that starts it returned no result.
    pub async fn start<O: Operation<S>>(
        &self,
        operation: O,
        limit: Duration,
    ) -> Result<Running<S, O::Steps>, OperationError> {
        let (client, queue) = (self.clone(), self.inner.connection.shared.subscribe());
        start(Box::new(move || client.clone()), queue, operation, limit).await
    }
}

/// Starts an operation. The queue was subscribed before, so it has all that the command leads to.
pub(super) async fn start<S: ClientSchema, O: Operation<S>>(
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
        course.started(client.with_timeout(limit).run(&name, request).await)?;
    }
    Ok(Running { asker: Asker { line, asked: None }, queue, course })
}

impl<S: ClientSchema, W: Steps> Running<S, W> {
    /// Waits until the operation has progressed, and returns its state; `None` when it has ended.
    ///
    /// # Errors
    ///
    /// The operation failed, or the wait for it. After a time-out, [`extend`](Running::extend) resumes the wait.
    ///
    /// # Cancel safety
    ///
    /// A future that is dropped loses nothing: the next call goes on where it was.
    pub async fn progress(&mut self) -> Result<Option<W::Progress>, OperationError> {
        match self.advance().await? {
            Reached::Progress(progress) => Ok(Some(progress)),
            Reached::End(_) => Ok(None),
        }
    }

    /// Waits until the operation has ended.
    ///
    /// # Errors
    ///
    /// As [`progress`](Running::progress), also if the future is dropped.
    pub async fn wait(&mut self) -> Result<W::Outcome, OperationError> {
        loop {
            if let Reached::End(outcome) = self.advance().await? {
                return Ok(outcome);
            }
        }
    }

    async fn advance(&mut self) -> Result<Reached<W>, OperationError> {
        loop {
            if let Some(reply) = self.asker.reply().await {
                self.course.reply(&self.queue, reply, Instant::now())?;
            }
            match self.course.next(Instant::now())? {
                Action::Ask(question, limit) => self.asker.ask(question, limit),
                Action::Listen(until) => {
                    let event = next(&self.queue, until).await;
                    self.course.hear(&self.queue, event, Instant::now())?;
                }
                Action::Report(progress) => return Ok(Reached::Progress(progress)),
                Action::Done(outcome) => return Ok(Reached::End(outcome)),
            }
        }
    }
}

/// The next news, if they come until then.
async fn next(queue: &Queue, until: Option<Instant>) -> Result<News, NoEvent> {
    let left = until.map(|until| until.saturating_duration_since(Instant::now()));
    match within(left, poll_fn(|cx| queue.poll(cx))).await {
        Ok(news) => news.map_err(NoEvent::Ended),
        Err(_) => Err(NoEvent::Late),
    }
}
