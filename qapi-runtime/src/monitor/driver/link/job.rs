//! A command that runs on another thread than its session.

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

/// A command to be run on another thread, while its session continues to read.
///
/// On a thread: `if block_on(job.turn()) { block_on(job.run()) }`. Dropping a job, or the future of its
/// [run](Job::run), before the command is done makes the command fail.
pub struct Job {
    link: Arc<Link>,
    /// Boxed to keep `Action` small.
    request: Option<Box<Runnable<'static>>>,
    /// Set while the command runs: the client must still get a reply.
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

    /// Waits for the command's turn. Returns whether it may [run](Job::run): false when its client has left meanwhile
    /// or the monitor shuts down.
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
            // The probe may have learned it from the kernel. Tell the link as well.
            self.link.leave();
            return false;
        };
        self.permit = self.link.permit(turn);
        self.permit.is_some()
    }

    /// Runs the command and answers it. Call this after [`turn`](Job::turn) has returned true.
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
            // Dropping the ticket tells the interceptor that the command was abandoned.
            _ => {
                // The probe may have learned from the kernel that the client has left. Tell the link as well.
                self.link.leave();
                self.link.abandoned(self.permit.take());
            }
        }
    }

    /// Waits for an async handler. `None` when the client has left and the handler allows its future to be dropped.
    async fn wait(&self, mut future: PendingReply, abandonable: &Abandonable) -> Option<Result<Reply>> {
        let presence = self.link.origin.presence();
        poll_fn(|cx| {
            if let Poll::Ready(result) = self.link.monitor.surrounded(|| future.as_mut().poll(cx)) {
                return Poll::Ready(Some(result));
            }
            // Checked after the poll: the handler may have given its consent in it.
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
            // Dropping the ticket tells the interceptor that the command was abandoned.
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
