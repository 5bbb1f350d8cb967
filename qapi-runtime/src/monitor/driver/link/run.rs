//! Commands that run in `advance`: handlers are called, and their futures polled, without holding the lock.

use super::{Guard, Link};
use crate::context::Abandonable;
use crate::dialect::Dialect;
use crate::dispatch::Reply;
use crate::gap::gap;
use crate::monitor::driver::permit::Permit;
use crate::monitor::driver::state::{Pending, Phase, State};
use crate::mutant::{self, Mutant};
use crate::session::{Runnable, Session, Ticket};
use crate::sync::lock;
use crate::{Outcome, Result};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

/// A command whose handler was called.
pub(super) struct Called {
    ticket: Ticket,
    outcome: Outcome,
    abandonable: Abandonable,
}

impl Link {
    /// Runs a command that borrows nothing from the session.
    pub(super) fn run_owned<'a>(
        self: &'a Arc<Link>,
        state: Guard<'a>,
        request: Runnable<'static>,
        permit: Permit,
        cx: &mut Context<'_>,
    ) -> Guard<'a> {
        let (state, called) = self.call(state, request);
        self.settle(state, called, permit, |permit| permit, cx)
    }

    /// Calls a handler without holding the lock.
    pub(super) fn call<'a>(
        self: &'a Arc<Link>,
        mut state: Guard<'a>,
        request: Runnable<'_>,
    ) -> (Guard<'a>, Called) {
        if !state.outbox.unsent().is_empty() && !state.outbox.is_blocked() && self.host.looks() {
            self.note();
        }
        self.leave_lock(&mut state);
        drop(state);
        let abandonable = request.abandonable();
        let (ticket, outcome) =
            self.monitor.surrounded(|| request.run(&*self.monitor.dispatch, &self.origin));
        gap();
        let mut state = lock(&self.state);
        self.retake_lock(&mut state);
        (state, Called { ticket, outcome, abandonable })
    }

    /// A handler is about to run or to be polled without the lock.
    ///
    /// From here until the owner is [idle](Link::be_idle) again, it checks the log of events on its own.
    pub(super) fn leave_lock(&self, state: &mut State) {
        if !state.busy {
            state.busy = true;
            if state.cursor.is_some() {
                self.host.busy();
            }
        }
        state.here += 1;
    }

    /// The handler has returned.
    pub(super) fn retake_lock(&self, state: &mut State) {
        state.here -= 1;
        if state.phase == Phase::Gone {
            // The client left meanwhile. This also drops the futures and the output that were away or came up since.
            self.set_gone(state);
        }
        if state.here == 0 && std::mem::take(&mut state.turned_away) {
            if let Some(waker) = &state.waker {
                waker.wake_by_ref();
            }
        }
    }

    /// The owner is about to wait, so from here on a host has to wake it for events. It checks the log once more after
    /// this: an event that was appended before the host knew woke no one.
    pub(super) fn be_idle(&self, state: &mut State) {
        if state.busy && state.here == 0 {
            state.busy = false;
            if state.cursor.is_some() {
                self.host.idle();
            }
        }
    }

    /// Answers a command that is done, or adds it to the pending ones, for which `keep` makes the permit last.
    pub(super) fn settle<'a, P>(
        self: &'a Arc<Link>,
        mut state: Guard<'a>,
        called: Called,
        permit: P,
        keep: impl FnOnce(P) -> Permit,
        cx: &mut Context<'_>,
    ) -> Guard<'a> {
        let Called { ticket, outcome, abandonable } = called;
        match outcome {
            Outcome::Ready(result) => {
                self.answer(&mut state, ticket, result);
                drop(permit);
                state
            }
            Outcome::Pending(future) => {
                state.pending.push(Pending { ticket, future, abandonable, permit: keep(permit) });
                self.poll_pending(state, cx)
            }
        }
    }

    /// Polls the async commands without holding the lock.
    pub(super) fn poll_pending<'a>(
        self: &'a Arc<Link>,
        mut state: Guard<'a>,
        cx: &mut Context<'_>,
    ) -> Guard<'a> {
        if state.pending.is_empty() {
            return state;
        }
        let mut pending = std::mem::take(&mut state.pending);
        self.leave_lock(&mut state);
        drop(state);
        let mut done = Vec::new();
        let mut index = 0;
        while let Some(command) = pending.get_mut(index) {
            match self.monitor.surrounded(|| command.future.as_mut().poll(cx)) {
                Poll::Ready(result) => done.push((pending.remove(index), result)),
                Poll::Pending => index += 1,
            }
        }
        gap();
        let mut state = lock(&self.state);
        // Before `retake_lock`, which drops abandonable futures if the client has left meanwhile.
        state.pending.append(&mut pending);
        self.retake_lock(&mut state);
        for (Pending { ticket, permit, .. }, result) in done {
            state.stale = true;
            self.answer(&mut state, ticket, result);
            drop(permit);
        }
        state
    }

    /// Answers a command. The events that its handler has sent go out before the reply, or right after it.
    pub(super) fn answer(&self, state: &mut State, ticket: Ticket, result: Result<Reply>) {
        if !self.monitor.replies_first && !mutant::is(Mutant::EventComesAfterReply) {
            self.catch_up(state, usize::MAX);
        }
        let Some(mut session) = state.session.take() else {
            unreachable!("a command is answered when its session is back");
        };
        session.finish(ticket, result);
        self.say(state, &mut session);
        state.session = Some(session);
        if self.monitor.replies_first && !self.holds_events(state) {
            // At once, so that a client that never stops sending commands still gets its events.
            self.catch_up(state, usize::MAX);
        }
    }

    /// Moves the session's output to the outbox, and starts to receive events once the negotiation is over.
    pub(super) fn say(&self, state: &mut State, session: &mut Session) {
        if state.phase == Phase::Gone {
            session.output_mut().clear();
            return;
        }
        if state.outbox.is_blocked() && mutant::is(Mutant::ReplyIsDroppedWhenBlocked) {
            session.output_mut().clear();
        }
        state.outbox.put(session.output_mut());
        let late = mutant::is(Mutant::CursorIsTakenLate) && !self.is_negotiated();
        if session.is_negotiated() {
            self.negotiated.store(true, Ordering::Relaxed);
        }
        let hears = session.is_negotiated() && self.settings.dialect == Dialect::Monitor;
        if state.cursor.is_none() && hears && !late {
            let cursor = self.monitor.log.cursor();
            self.place.store(cursor.bytes(), Ordering::Relaxed);
            state.cursor = Some(cursor);
            if !state.busy {
                self.host.idle();
            }
        }
    }
}
