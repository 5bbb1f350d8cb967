//! One client of a monitor. Every decision about it is made here, behind one lock.
//!
//! The owner (a session's thread, its task, an event loop) calls [`advance`](Link::advance) and does what it returns.
//! All others report: a job has [finished](Link::finished), the client has [left](Link::leave), the monitor [shuts
//! down](Link::shut_down). Every report goes through [`tell`](Link::tell), which wakes the owner; there is no other
//! signal, so none can be forgotten. A service only [flushes](Link::flush) and never takes a step.
//!
//! The lock is held while the state changes and while bytes are written without blocking, never while a handler runs or
//! a future is polled. Lock order: link, then log of events.

#[cfg(all(test, unix))]
mod audit;
mod held;
mod help;
mod host;
mod job;
mod output;
mod run;
mod steps;

use super::Placement;
use super::permit::Permit;
use super::state::{Phase, State};
use crate::context::{File, Probe};
use crate::dispatch::Reply;
use crate::gap::gap;
use crate::monitor::Inner;
use crate::monitor::turn::Turn;
use crate::mutant::{self, Mutant};
use crate::session::{Session, Settings, Ticket, may_be_qmp};
use crate::sync::{AtomicBool, AtomicU64, AtomicUsize, Mutex, MutexGuard, lock};
use crate::{Origin, Peer, Result};
pub(crate) use host::Host;
pub use job::Job;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

/// What is known of a client when it connects.
pub(crate) struct Arrival {
    pub(crate) peer: Peer,
    pub(crate) settings: Settings,
    /// The listener's name, for logs and hooks.
    pub(crate) name: Option<Arc<str>>,
    pub(crate) probe: Option<Probe>,
    pub(crate) placement: Placement,
    /// Whether the session continues after the end of its input, as on standard input and output.
    pub(crate) outlives_input: bool,
}

/// One client of a monitor.
pub(crate) struct Link {
    pub(crate) monitor: Arc<Inner>,
    pub(crate) origin: Arc<Origin>,
    pub(super) turn: Arc<Turn>,
    settings: Arc<Settings>,
    host: Arc<Host>,
    placement: Placement,
    outlives_input: bool,
    /// The host has noted this link and will look at it soon.
    noted: AtomicBool,
    /// The negotiation is over, or the client has left. Read without the lock.
    negotiated: AtomicBool,
    /// The place in the log of events, in bytes; `u64::MAX` for a session that receives none. A copy of the cursor's,
    /// so that a sender of events can read it without the lock.
    place: AtomicU64,
    /// How many bytes of memory are counted in the monitor's budget.
    memory: AtomicUsize,
    /// How many waiting descriptors are counted in the monitor's budget.
    descriptors: AtomicUsize,
    state: Mutex<State>,
}

type Guard<'a> = MutexGuard<'a, State>;

impl Link {
    pub(crate) fn new(monitor: Arc<Inner>, host: Arc<Host>, number: u64, arrival: Arrival) -> Arc<Link> {
        let Arrival { peer, settings, name, probe, placement, outlives_input } = arrival;
        let settings = Arc::new(settings);
        let owner: Weak<Inner> = Arc::downgrade(&monitor);
        let origin = Arc::new(Origin::of_client(number, peer, name, probe, owner));
        let session = Session::new(Arc::clone(&settings)).with_origin(Arc::clone(&origin));
        let link = Arc::new(Link {
            turn: monitor.turn_for_a_session(),
            monitor,
            origin,
            settings,
            host,
            placement,
            outlives_input,
            noted: AtomicBool::new(false),
            negotiated: AtomicBool::new(false),
            place: AtomicU64::new(u64::MAX),
            memory: AtomicUsize::new(0),
            descriptors: AtomicUsize::new(0),
            state: Mutex::new(State::new(session)),
        });
        let mut state = lock(&link.state);
        if let Some(mut session) = state.session.take() {
            // Sends the greeting. A guest agent's session has none and is negotiated from the start.
            link.say(&mut state, &mut session);
            state.session = Some(session);
        }
        drop(state);
        link
    }

    /// Whether `host` serves the session.
    pub(crate) fn is_served_by(&self, host: &Arc<Host>) -> bool {
        Arc::ptr_eq(&self.host, host)
    }

    /// The session's number.
    pub(crate) fn number(&self) -> u64 {
        self.origin.session()
    }

    /// The client has sent `bytes`, and descriptors along with them.
    pub(crate) fn receive(&self, bytes: &[u8], files: Vec<File>) {
        self.take_in(bytes, files, false);
    }

    /// The same when descriptors were lost on the way. One call, not two: the session's worker may take the command as
    /// soon as it is complete, before a second call could report the loss.
    pub(crate) fn receive_truncated(&self, bytes: &[u8], files: Vec<File>) {
        tracing::warn!(session = self.number(), "descriptors of a client were lost");
        self.take_in(bytes, files, true);
    }

    fn take_in(&self, bytes: &[u8], files: Vec<File>, mut lost: bool) {
        let mut state = lock(&self.state);
        if !state.spoken {
            state.spoken = true;
            if !self.may_be_qmp(bytes) {
                tracing::warn!(session = self.number(), "client does not speak QMP: session dropped");
                return self.depart(state);
            }
        }
        state.begun = 0;
        if let Some(session) = &mut state.session {
            let admitted = files.is_empty() || self.monitor.admits_descriptors(files.len());
            if !admitted {
                tracing::warn!(
                    session = self.number(),
                    "too many descriptors wait: those of a client are closed"
                );
                lost = true;
            }
            session.receive_with(bytes, if admitted { files } else { Vec::new() });
            if lost {
                session.files_lost();
            }
        }
        self.account(state);
    }

    /// Descriptors that the client has sent were lost on the way.
    pub(crate) fn files_lost(&self) {
        if let Some(session) = &mut lock(&self.state).session {
            session.files_lost();
        }
    }

    /// Guards TCP against web pages: a page can make a browser send commands to a port, behind HTTP headers that the
    /// parser would skip as garbage.
    fn may_be_qmp(&self, bytes: &[u8]) -> bool {
        !matches!(self.origin.peer(), Peer::Tcp(_)) || bytes.first().is_none_or(|first| may_be_qmp(*first))
    }

    /// The only way for others to change the state: applies `change` and wakes the owner, which calls `advance` again.
    fn tell<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = lock(&self.state);
        let result = change(&mut state);
        self.wake_owner(state);
        result
    }

    /// Wakes the owner, after unlocking: a waker may call back into this link.
    fn wake_owner(&self, state: Guard<'_>) {
        let waker = state.waker.clone();
        self.account(state);
        gap();
        if let Some(waker) = waker.filter(|_| !mutant::is(Mutant::TellWakesNobody)) {
            waker.wake();
        }
    }

    /// A job has finished its command.
    pub(super) fn finished(&self, ticket: Ticket, result: Result<Reply>, permit: Option<Permit>) {
        self.tell(|state| {
            state.beside -= usize::from(!mutant::is(Mutant::JobStaysBeside));
            state.stale = true;
            self.answer(state, ticket, result);
        });
        gap();
        // After the reply is in the output: the next command's events must not get ahead of it.
        drop(permit);
    }

    /// A job has given up its command, begun or not, because the client has left.
    pub(super) fn abandoned(&self, permit: Option<Permit>) {
        self.tell(|state| state.beside -= 1);
        drop(permit);
    }

    /// The client has shut down its sending side. It may still read.
    pub(crate) fn end_input(&self) {
        self.tell(|state| state.input_ended = true);
    }

    /// The client has left: no further command begins, and no output is written.
    pub(crate) fn leave(&self) {
        let mut state = lock(&self.state);
        // A transport sees the hang-up each time it polls the socket. Waking the owner each time would make it poll
        // again, in a busy loop for as long as a handler runs.
        if state.phase != Phase::Gone {
            self.set_gone(&mut state);
            self.wake_owner(state);
        }
    }

    /// The owner was dropped, so the futures of this session will not be polled again. They are dropped here, and their
    /// turn with them: a running job may keep the link alive for a long time.
    pub(super) fn abandon(&self) {
        let pending = self.tell(|state| {
            self.set_gone(state);
            if mutant::is(Mutant::AbandonedFuturesStay) {
                return Vec::new();
            }
            std::mem::take(&mut state.pending)
        });
        drop(pending);
    }

    /// Ends the session, whatever its owner is doing now.
    pub(crate) fn expel(self: &Arc<Link>) {
        self.leave();
        if !mutant::is(Mutant::ExpulsionIsNotNoted) {
            self.note();
        }
    }

    /// Ends the session if the events that wait for it in the log far exceed its limit: an owner that still ran would
    /// have ended it earlier. `bytes` is the length of the log. The sender of an event calls this, possibly while this
    /// thread holds the lock, so it only tries to lock.
    pub(crate) fn give_up_if_behind(self: &Arc<Link>, bytes: u64) {
        /// A session may be this many times its limit behind, so that a busy host has time to act first.
        const PATIENCE: u64 = 4;
        let waiting = bytes.saturating_sub(self.place.load(Ordering::Relaxed));
        if waiting <= (self.monitor.output_limit as u64).saturating_mul(PATIENCE) {
            return;
        }
        let Ok(mut state) = self.state.try_lock() else { return };
        tracing::warn!(session = self.number(), waiting, "events are not taken: session dropped");
        self.set_gone(&mut state);
        let waker = state.waker.clone();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        self.note();
    }

    /// The same as [`leave`](Link::leave) for the owner, which holds the lock and need not be woken.
    fn depart(&self, mut state: Guard<'_>) {
        self.set_gone(&mut state);
        self.account(state);
    }

    /// The monitor shuts down: pending output is written, then the session ends.
    pub(crate) fn shut_down(self: &Arc<Link>) {
        self.tell(|state| {
            if state.phase == Phase::Serving {
                state.phase = Phase::Closing;
            }
            state.waiting = None;
        });
        // The owner may be blocked in a read or in a handler.
        if !mutant::is(Mutant::ShutdownIsNotNoted) {
            self.note();
        }
    }

    /// Whether the negotiation is over, or the client has left. Takes no lock.
    pub(crate) fn is_negotiated(&self) -> bool {
        self.negotiated.load(Ordering::Relaxed)
    }

    /// Whether a command runs or waits for its turn.
    pub(crate) fn is_running(&self) -> bool {
        !lock(&self.state).is_quiet()
    }

    /// How many bytes wait for the client, and whether the socket was full at the last write.
    pub(crate) fn backlog(&self) -> (usize, bool) {
        let state = lock(&self.state);
        (state.outbox.waiting(), state.outbox.is_blocked())
    }

    /// How many bytes the client has taken since it connected, and whether the socket was full at the last write.
    pub(crate) fn progress(&self) -> (u64, bool) {
        let state = lock(&self.state);
        (state.outbox.taken_by_client(), state.outbox.is_blocked())
    }

    fn set_gone(&self, state: &mut State) {
        state.phase = Phase::Gone;
        state.waiting = None;
        state.outbox.clear();
        if let Some(session) = &mut state.session {
            session.close();
        }
        state.pending.retain(|pending| !pending.abandonable.is_set());
        self.place.store(u64::MAX, Ordering::Relaxed);
        if state.cursor.take().is_some() && !state.busy {
            self.host.busy();
        }
        self.negotiated.store(true, Ordering::Relaxed);
        self.origin.presence().leave();
    }

    /// Asks the host to look at this session soon.
    fn note(self: &Arc<Link>) {
        // A host that does not look never clears the mark, so it is woken each time; its loop then advances all
        // sessions.
        if !self.noted.swap(self.host.looks(), Ordering::SeqCst) {
            self.host.note(self);
        }
    }

    /// The host has taken the note. A later one must reach it again.
    pub(super) fn forget_note(&self) {
        self.noted.store(mutant::is(Mutant::NoteIsNeverReleased), Ordering::SeqCst);
    }

    /// Updates the monitor's budgets and unlocks the state.
    fn account(&self, state: Guard<'_>) {
        let Some(session) = &state.session else { return };
        if state.written_off && !mutant::is(Mutant::AccountsAfterEnd) {
            return;
        }
        // Under the lock, so that an older figure never replaces a newer one.
        let over_budget =
            self.charge(session.memory() + state.outbox.memory(), session.descriptors_waiting());
        // A session that is itself being dropped must not drop another one.
        let drops = over_budget && state.phase != Phase::Gone;
        drop(state);
        gap();
        if drops {
            self.monitor.drop_largest();
        }
    }

    /// The session is over and no longer counted in the budgets, even if its running commands finish later.
    pub(crate) fn write_off(&self) {
        let mut state = lock(&self.state);
        state.written_off = true;
        self.charge(0, 0);
    }

    /// Counts these bytes and descriptors in the budgets. Returns whether all sessions together now exceed the budget.
    fn charge(&self, memory: usize, descriptors: usize) -> bool {
        let waited = self.descriptors.swap(descriptors, Ordering::Relaxed);
        if descriptors != waited {
            self.monitor.descriptors_changed(waited, descriptors);
        }
        let before = self.memory.swap(memory, Ordering::Relaxed);
        memory != before && self.monitor.memory_changed(before, memory)
    }

    /// How many descriptors wait in the session.
    #[cfg(test)]
    pub(crate) fn descriptors(&self) -> usize {
        self.descriptors.load(Ordering::Relaxed)
    }

    /// How much memory the session takes, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.memory.load(Ordering::Relaxed)
    }

    /// How many sessions of the host wait for events.
    #[cfg(all(test, shuttle))]
    pub(in crate::monitor) fn idle_sessions(&self) -> usize {
        self.host.count_idle()
    }
}
