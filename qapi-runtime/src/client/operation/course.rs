//! What the drivers of both clients share: limits, and in which order a wait hears of events and replies.

use super::steps::Question;
use super::{OperationError, OperationErrorKind, Steps};
use crate::Any;
use crate::client::shared::{News, NoEvent, Queue};
use crate::client::{CommandError, CommandErrorKind};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// How long the server may take to answer after the limit. Without it, a reply in flight would be lost at the limit.
const GRACE: Duration = Duration::from_secs(5);

/// A wait with its limit.
pub(in crate::client) struct Course<W: Steps> {
    steps: W,
    peer: Option<Arc<str>>,
    limit: Duration,
    /// `None` if the limit is beyond the clock.
    deadline: Option<Instant>,
    looked_at_limit: bool,
    /// Whether the last question had the grace.
    asked_with_grace: bool,
    /// When to look again. Events in between do not postpone it.
    pause_until: Option<Instant>,
    /// The connection was lost and has not healed. Nothing is asked meanwhile.
    is_down: bool,
    last: Option<W::Progress>,
}

/// What the driver does next.
pub(in crate::client) enum Action<P, O> {
    /// Execute this command within this time, and pass the result to [`Course::reply`].
    Ask(Question, Duration),
    /// Wait for an event until then, and pass it to [`Course::hear`].
    Listen(Option<Instant>),
    /// Return this to the caller.
    Report(P),
    /// The operation has ended.
    Done(O),
}

impl<W: Steps> Course<W> {
    pub(in crate::client) fn new(
        steps: W,
        peer: Option<Arc<str>>,
        limit: Duration,
        now: Instant,
    ) -> Course<W> {
        let deadline = now.checked_add(limit);
        Course {
            steps,
            peer,
            limit,
            deadline,
            looked_at_limit: false,
            asked_with_grace: true,
            pause_until: None,
            is_down: false,
            last: None,
        }
    }

    /// What to send when the caller drops it.
    pub(in crate::client) fn farewell(&self) -> Option<Question> {
        self.steps.farewell()
    }

    /// Sets a new limit from `now`.
    pub(in crate::client) fn extend(&mut self, limit: Duration, now: Instant) {
        self.limit = limit;
        self.deadline = now.checked_add(limit);
        self.looked_at_limit = false;
    }

    pub(in crate::client) fn last(&self) -> Option<&W::Progress> {
        self.last.as_ref()
    }

    /// The error of an operation that does not begin.
    pub(in crate::client) fn refused(&mut self, error: CommandError) -> OperationError {
        self.error(OperationErrorKind::command(error))
    }

    /// Takes the result of the command that starts the operation.
    pub(in crate::client) fn started(
        &mut self,
        reply: Result<Any, CommandError>,
    ) -> Result<(), OperationError> {
        self.steps.started(reply).map_err(|error| self.refused(error))
    }

    pub(in crate::client) fn next(
        &mut self,
        now: Instant,
    ) -> Result<Action<W::Progress, W::Outcome>, OperationError> {
        loop {
            let late = self.deadline.is_some_and(|deadline| now >= deadline);
            if let Some(progress) = self.steps.report() {
                self.last = Some(progress.clone());
                return Ok(Action::Report(progress));
            }
            if let Some(outcome) = self.steps.outcome() {
                return outcome.map(Action::Done).map_err(|failure| self.error(failure.kind(self.limit)));
            }
            if late && W::WORKS {
                return Err(self.timeout());
            }
            if late && !self.looked_at_limit {
                self.looked_at_limit = true;
                self.steps.late();
                continue;
            }
            if self.is_down {
                return if late { Err(self.timeout()) } else { Ok(Action::Listen(self.deadline)) };
            }
            if let Some(question) = self.steps.question() {
                self.asked_with_grace = question.has_grace;
                return match self.left(now, question.has_grace) {
                    Duration::ZERO => Err(self.timeout()),
                    left => Ok(Action::Ask(question, left)),
                };
            }
            if late {
                return Err(self.timeout());
            }
            if self.pause_until.is_none() {
                self.pause_until = self.steps.pause().and_then(|pause| now.checked_add(pause));
            }
            return Ok(Action::Listen([self.pause_until, self.deadline].into_iter().flatten().min()));
        }
    }

    /// How long a question may take.
    fn left(&self, now: Instant, has_grace: bool) -> Duration {
        let grace = if has_grace { GRACE } else { Duration::ZERO };
        let end = self.deadline.and_then(|deadline| deadline.checked_add(grace));
        end.map_or(Duration::MAX, |end| end.saturating_duration_since(now))
    }

    /// Takes the next news of the queue, or why there is none.
    pub(in crate::client) fn hear(
        &mut self,
        queue: &Queue,
        news: Result<News, NoEvent>,
        now: Instant,
    ) -> Result<(), OperationError> {
        if queue.take_missed() > 0 {
            self.steps.look_again();
        }
        match news {
            Ok(News::Event(event)) => self.steps.event(&event),
            Ok(News::Lost(gone)) => self.is_down = !self.steps.ended(&gone),
            Ok(News::Healed) => {
                self.is_down = false;
                self.steps.look_again();
            }
            Err(NoEvent::Late) => {
                if self.pause_until.take_if(|until| now >= *until).is_some() {
                    self.steps.look_again();
                }
            }
            Err(NoEvent::Ended(gone)) => {
                if !self.steps.ended(&gone) {
                    return Err(self.error(OperationErrorKind::Gone(gone)));
                }
            }
        }
        Ok(())
    }

    /// Takes the reply to a question, after the events that came before it.
    pub(in crate::client) fn reply(
        &mut self,
        queue: &Queue,
        reply: Result<Any, CommandError>,
        now: Instant,
    ) -> Result<(), OperationError> {
        self.pause_until = None;
        while let Ok(news) = queue.wait(Some(now)) {
            self.hear(queue, Ok(news), now)?;
        }
        // The outcome may have come with these events, just before the end or the limit.
        if self.steps.outcome().is_some() {
            return Ok(());
        }
        match reply {
            // If the limit was extended since, it is asked again.
            Err(CommandError { kind: CommandErrorKind::Timeout(_), .. }) if self.asked_with_grace => {
                match self.left(now, true) {
                    Duration::ZERO => Err(self.timeout()),
                    _ => Ok(()),
                }
            }
            // The question is asked again when the connection has healed. What changes something is not.
            Err(CommandError { kind: CommandErrorKind::Gone { .. }, .. })
                if queue.ended().is_none() && self.asked_with_grace =>
            {
                Ok(())
            }
            Err(CommandError { kind: CommandErrorKind::Gone { reason, .. }, .. })
                if queue.ended().is_some() =>
            {
                self.hear(queue, Err(NoEvent::Ended(reason)), now)
            }
            reply => self.steps.reply(reply).map_err(|kind| self.error(kind)),
        }
    }

    fn timeout(&mut self) -> OperationError {
        self.error(OperationErrorKind::Timeout(self.limit))
    }

    fn error(&mut self, kind: OperationErrorKind) -> OperationError {
        self.steps.interrupted();
        if let Some(progress) = self.steps.report() {
            self.last = Some(progress);
        }
        let last = self.last.as_ref().map(ToString::to_string);
        OperationError::new(self.steps.what(), self.peer.clone(), last, kind)
    }
}
