//! Decides what the owner of a link does next.

use super::{Guard, Link};
use crate::monitor::driver::permit::{BriefPermit, Permit};
use crate::monitor::driver::state::{Phase, State};
use crate::monitor::driver::{Action, Flushed, Interest, Job, Placement};
use crate::monitor::turn::{Taken, Turn};
use crate::mutant::{self, Mutant};
use crate::session::{Runnable, Step};
use crate::sync::lock;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// How many bytes of replies are collected before they are written. Fewer system calls for pipelined commands.
const HELD: usize = 16 * 1024;

/// The next step.
pub(super) enum Next {
    /// The state has changed; decide again.
    Again,
    /// Run this command here. It has waited for its turn and borrows nothing.
    Run(Box<(Runnable<'static>, Permit)>),
    /// Take a step of the session.
    Step,
    /// Nothing more can be done here now.
    Stop(Action),
}

impl Link {
    /// Does all that can be done now, and returns what the owner must do next.
    pub(crate) fn advance(self: &Arc<Link>, cx: &mut Context<'_>) -> Action {
        let mut state = lock(&self.state);
        if !state.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            state.waker = Some(cx.waker().clone());
        }
        if state.here > 0 && state.phase != Phase::Gone {
            let action = self.turn_away(&mut state);
            self.account(state);
            return action;
        }
        state = self.poll_pending(state, cx);
        loop {
            match self.next(&mut state, cx) {
                Next::Again => {}
                Next::Run(command) => {
                    let (request, permit) = *command;
                    state = self.run_owned(state, request, permit, cx);
                }
                Next::Step => match self.step(state, cx) {
                    (after, None) => state = after,
                    (after, Some(action)) => {
                        self.account(after);
                        return action;
                    }
                },
                Next::Stop(action) => {
                    self.account(state);
                    return action;
                }
            }
        }
    }

    /// Makes the caller wait. On threads, the reader and the worker of a session both call `advance`; here the other
    /// one runs a handler. It also takes the steps that follow, so that out-of-band commands run one at a time, in
    /// order.
    fn turn_away(&self, state: &mut State) -> Action {
        match self.rest(state) {
            Action::Wait(Interest { write, .. }) => {
                state.turned_away = true;
                Action::Wait(Interest { read: false, write })
            }
            other => other,
        }
    }

    /// Decides what to do, in this order: end the session, run a command whose turn has come, write output that must
    /// not wait, take a step, write the rest.
    pub(super) fn next(&self, state: &mut State, cx: &mut Context<'_>) -> Next {
        if state.phase == Phase::Gone {
            let done = state.here == 0 && state.pending.is_empty();
            // Another thread runs a handler. It wakes us when the handler returns.
            state.turned_away |= state.here > 0;
            return Next::Stop(if done { Action::Close } else { Action::Wait(Interest::default()) });
        }
        if let Some((take, _)) = &mut state.waiting {
            if let Poll::Ready(turn) = Pin::new(take).poll(cx) {
                state.stale = true;
                return self.turn_has_come(state, turn);
            }
        }
        // Without a service, only the owner can notice that the client does not read its events.
        let looks = state.outbox.is_blocked() && self.bytes_behind(state) > 0;
        if looks && !mutant::is(Mutant::LoopSeesNoOverflow) && self.block(state) == Flushed::Over {
            return Next::Again;
        }
        if let Some(action) = self.write_first(state) {
            return Next::Stop(action);
        }
        if state.phase == Phase::Serving && state.session.is_some() && self.has_room(state) {
            return Next::Step;
        }
        Next::Stop(self.rest(state))
    }

    /// Output that must be written before anything else is done.
    pub(super) fn write_first(&self, state: &State) -> Option<Action> {
        let unsent = state.outbox.unsent().len();
        // A command that may end the process must not begin before all earlier output is written. Input is still read.
        let may_crash =
            self.settings.may_crash() && state.session.as_ref().is_some_and(|session| session.has_work());
        if may_crash && state.outbox.waiting() > 0 && (unsent == 0 || state.outbox.is_blocked()) {
            return Some(Action::Wait(Interest { read: false, write: state.outbox.is_blocked() }));
        }
        // If no service looks after the session while a handler runs, a reply must not wait for the next command.
        let hold = if may_crash || !self.host.looks() { 0 } else { HELD };
        (unsent > hold && !state.outbox.is_blocked()).then_some(Action::Write)
    }

    /// No step can be taken: writes what is left, waits, or ends the session.
    pub(super) fn rest(&self, state: &mut State) -> Action {
        self.be_idle(state);
        let holds = self.holds_events(state) && !mutant::is(Mutant::SpinsUntilReply);
        let behind =
            !holds && state.cursor.as_ref().is_some_and(|cursor| self.monitor.log.is_ahead_of(cursor));
        if !state.outbox.is_blocked() && (behind || !state.outbox.unsent().is_empty()) {
            return Action::Write;
        }
        let wants_input = state.session.as_ref().is_some_and(|session| session.wants_input());
        let has_room = self.has_room(state);
        if state.phase == Phase::Serving && state.input_ended && !self.outlives_input {
            let idle = state.session.as_ref().is_some_and(|session| !session.has_work());
            if state.is_quiet() && has_room && idle {
                state.phase = Phase::Closing;
            }
        }
        if self.is_over(state) {
            return Action::Close;
        }
        // A thread cannot block in a read and await a future at once. A future that the worker polls right now may
        // become the reader's to await.
        let awaits = state.here > 0 || !state.pending.is_empty();
        let attentive =
            self.placement != Placement::Thread || !awaits || mutant::is(Mutant::ReadsWhileAwaiting);
        let serving = state.phase == Phase::Serving && !state.input_ended;
        Action::Wait(Interest {
            read: serving && wants_input && (has_room || mutant::is(Mutant::ReadsWithoutRoom)) && attentive,
            write: state.outbox.is_blocked(),
        })
    }

    pub(super) fn is_over(&self, state: &State) -> bool {
        match state.phase {
            Phase::Serving => false,
            Phase::Closing => state.is_quiet() && state.outbox.waiting() == 0,
            Phase::Gone => true,
        }
    }

    /// Whether another command may be taken: not while more output than the limit is unread.
    pub(super) fn has_room(&self, state: &State) -> bool {
        state.outbox.waiting() <= self.monitor.output_limit || mutant::is(Mutant::BeginsWithoutRoom)
    }

    /// The command that waited for its turn has got it.
    pub(super) fn turn_has_come(&self, state: &mut State, turn: Taken<Arc<Turn>>) -> Next {
        let Some((_, request)) = state.waiting.take() else { return Next::Again };
        if !self.is_there(state) && !mutant::is(Mutant::DepartedCommandBegins) {
            drop(turn);
            self.set_gone(state);
            return Next::Again;
        }
        match self.permit(Some(turn)) {
            Some(permit) => Next::Run(Box::new((request, permit))),
            None => {
                state.phase = Phase::Closing;
                Next::Again
            }
        }
    }

    /// Lets a command begin, unless the monitor shuts down.
    pub(in crate::monitor::driver) fn permit(&self, turn: Option<Taken<Arc<Turn>>>) -> Option<Permit> {
        Some(Permit::new(turn, self.monitor.work.begin()?.keep(&self.monitor.work)))
    }

    /// Takes one step of the session.
    pub(super) fn step<'a>(
        self: &'a Arc<Link>,
        mut state: Guard<'a>,
        cx: &mut Context<'_>,
    ) -> (Guard<'a>, Option<Action>) {
        let Some(mut session) = state.session.take() else { return (state, None) };
        let out_of_band = session.is_out_of_band();
        let request = match session.step() {
            Step::Idle => {
                state.session = Some(session);
                let action = self.rest(&mut state);
                return (state, Some(action));
            }
            Step::Answered => {
                self.say(&mut state, &mut session);
                state.session = Some(session);
                return (state, None);
            }
            Step::Run(request) => request,
        };
        if !self.is_there(&mut state) {
            drop(request);
            state.session = Some(session);
            self.set_gone(&mut state);
            return (state, None);
        }
        if self.runs_beside(&request, out_of_band) {
            let request = request.into_owned();
            state.session = Some(session);
            state.beside += 1;
            return (state, Some(Action::Beside(Job::new(self, request))));
        }
        if request.is_out_of_band() {
            let request = request.into_owned();
            state.session = Some(session);
            let permit = self.permit(None);
            return match permit {
                Some(permit) => (self.run_owned(state, request, permit, cx), None),
                None => (self.close_now(state), None),
            };
        }
        let Some(turn) = self.turn.try_take() else {
            let request = request.into_owned();
            state.session = Some(session);
            state.waiting = Some((self.turn.take(), request));
            return (state, None);
        };
        let Some(busy) = self.monitor.work.begin() else {
            drop(request);
            state.session = Some(session);
            return (self.close_now(state), None);
        };
        let permit = BriefPermit::new(turn, busy);
        let keep = |permit: BriefPermit<'_>| permit.keep(&self.turn, &self.monitor.work);
        if out_of_band && !mutant::is(Mutant::SessionIsAway) {
            // Another command may finish while this one runs, and needs the session for its reply.
            let request = request.into_owned();
            state.session = Some(session);
            let (state, called) = self.call(state, request);
            return (self.settle(state, called, permit, keep, cx), None);
        }
        // The arguments borrow from the parser. Copying them would cost a fifth of the throughput.
        let (mut state, called) = self.call(state, request);
        state.session = Some(session);
        (self.settle(state, called, permit, keep, cx), None)
    }

    pub(super) fn close_now<'a>(&self, mut state: Guard<'a>) -> Guard<'a> {
        state.phase = Phase::Closing;
        state
    }

    pub(super) fn runs_beside(&self, request: &Runnable<'_>, out_of_band: bool) -> bool {
        let queues = out_of_band && !request.is_out_of_band();
        match self.placement {
            Placement::Here => false,
            Placement::Thread => queues,
            Placement::Task => !request.is_async() && (queues || request.is_blocking()),
        }
    }

    /// Whether the client is still there. Asks the kernel only now and then.
    ///
    /// A client may send many commands and leave. Asking for each command would cost as much as a short command does.
    /// So the driver asks after the first command, after 16, then at every 64th, and whenever time has passed.
    pub(super) fn is_there(&self, state: &mut State) -> bool {
        let begun = state.begun;
        state.begun += 1;
        let due = matches!(begun, 1 | 16) || begun > 0 && begun % 64 == 0;
        let stale = std::mem::take(&mut state.stale) && !mutant::is(Mutant::StaleIsNeverSet);
        if due || stale { !self.origin.presence().ask() } else { true }
    }
}
