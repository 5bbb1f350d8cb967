//! A command that runs beside its session.

use super::Link;
use crate::context::Abandonable;
use crate::dispatch::{PendingReply, Reply};
use crate::gap::gap;
use crate::monitor::driver::permit::Permit;
use crate::monitor::turn::Take;
use crate::mutant::{self, Mutant};
use crate::session::{Runnable, Ticket};
use crate::{Error, Outcome, Result};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

/// A command to be run on another thread, while its session goes on reading.
///
/// On a thread: `if block_on(job.turn()) { block_on(job.run()) }`. A job that is dropped instead fails its command, and so
/// does one whose [run](Job::run) is dropped before it is over.
pub struct Job {
    link: Arc<Link>,
    /// Boxed, so that an action is small.
    request: Option<Box<Runnable<'static>>>,
    /// What is owed to the client while the command runs.
    ticket: Option<Ticket>,
    /// The wait for the turn, for in-band commands.
    take: Option<Take>,
    permit: Option<Permit>,
}

impl Job {
    pub(super) fn new(link: &Arc<Link>, request: Runnable<'static>) -> Job {
        let take = (!request.is_out_of_band()).then(|| link.turn.take());
        Job { link: Arc::clone(link), request: Some(Box::new(request)), ticket: None, take, permit: None }
    }

    /// The command's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.request.as_ref().map_or("", |request| request.name())
    }

    /// Waits until it is the command's turn. Returns whether it may still [run](Job::run): not when its client has left
    /// meanwhile, or the monitor shuts down.
    pub async fn turn(&mut self) -> bool {
        let presence = self.link.origin.presence();
        let mut take = self.take.take();
        let taken = poll_fn(|cx| {
            if presence.poll_left(cx).is_ready() && !mutant::is(Mutant::DepartedJobBegins) {
                return Poll::Ready(None);
            }
            match &mut take {
                None => Poll::Ready(Some(None)),
                Some(take) => Pin::new(take).poll(cx).map(|taken| Some(Some(taken))),
            }
        });
        let Some(turn) = taken.await else {
            // Known to all from here on, if it was only the kernel that knew.
            self.link.leave();
            return false;
        };
        self.permit = self.link.permit(turn);
        self.permit.is_some()
    }

    /// Runs the command and answers it. To be called after its [turn](Job::turn) has come.
    pub async fn run(mut self) {
        let Some(request) = self.request.take() else { return };
        let monitor = &self.link.monitor;
        let abandonable = request.abandonable();
        let (ticket, outcome) = monitor.surrounded(|| request.run(&*monitor.dispatch, &self.link.origin));
        self.ticket = Some(ticket);
        let result = match outcome {
            Outcome::Ready(result) => Some(result),
            Outcome::Pending(future) => self.wait(future, &abandonable).await,
        };
        if mutant::is(Mutant::PermitIsGivenBackEarly) {
            drop(self.permit.take());
        }
        gap();
        match (result, self.ticket.take()) {
            (Some(result), Some(ticket)) => self.link.finished(ticket, result, self.permit.take()),
            // An interceptor is told by the ticket that is dropped.
            _ => {
                // Known to all from here on, if it was only the kernel that knew.
                self.link.leave();
                self.link.abandoned(self.permit.take());
            }
        }
    }

    /// Waits for an async handler; `None` when its client has left and it agrees to be dropped.
    async fn wait(&self, mut future: PendingReply, abandonable: &Abandonable) -> Option<Result<Reply>> {
        let presence = self.link.origin.presence();
        poll_fn(|cx| {
            if let Poll::Ready(result) = self.link.monitor.surrounded(|| future.as_mut().poll(cx)) {
                return Poll::Ready(Some(result));
            }
            // Only now: it may have agreed while it was polled.
            if abandonable.is_set() && presence.poll_left(cx).is_ready() {
                return Poll::Ready(None);
            }
            Poll::Pending
        })
        .await
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let begun = self.ticket.take().filter(|_| !mutant::is(Mutant::DroppedRunIsForgotten));
        let (what, ticket) = match (self.request.take(), begun) {
            (Some(request), _) => ("was not run", request.into_ticket()),
            (None, Some(ticket)) => ("was not run to its end", ticket),
            (None, None) => return,
        };
        if self.link.origin.presence().has_left() {
            // An interceptor is told so, too.
            drop(ticket);
            self.link.abandoned(self.permit.take());
        } else {
            let error = Error::generic(format_args!("The command {} {what}", ticket.name()));
            self.link.finished(ticket, Err(error), self.permit.take());
        }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("command", &self.name()).finish_non_exhaustive()
    }
}
