//! Operations, waited for by a task.

use super::{Client, within};
use crate::Any;
use crate::client::operation::{Action, Course, Operation, OperationError, Steps};
use crate::client::shared::{News, NoEvent, Queue};
use crate::client::{ClientSchema, CommandError};
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A command in flight. It is kept when the future that waits for it is dropped, so that none is sent twice.
type Asked = Pin<Box<dyn Future<Output = Result<Any, CommandError>> + Send>>;

crate::client::common::operations!(asked: Option<Asked>);

impl<S: ClientSchema> Client<S> {
    /// Runs an operation to its end, for at most `limit`, see [`operation`](crate::client::operation).
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

    /// Starts an operation, which then has `limit` to end.
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
    let mut course = Course::new(began.steps, client.inner.peer.clone(), limit, Instant::now());
    if let Some((name, request)) = began.command {
        course.started(client.with_timeout(limit).run(&name, request).await)?;
    }
    Ok(Running { line, queue, course, asked: None })
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
            if let Some(asked) = &mut self.asked {
                let reply = asked.await;
                self.asked = None;
                self.course.reply(&self.queue, reply, Instant::now())?;
            }
            match self.course.next(Instant::now())? {
                Action::Ask(question, limit) => {
                    let client = (self.line)();
                    self.asked = Some(Box::pin(async move {
                        client.with_timeout(limit).run(&question.command, question.request).await
                    }));
                }
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
