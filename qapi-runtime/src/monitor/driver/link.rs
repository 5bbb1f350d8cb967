//! One client of a monitor: everything about it is decided here, behind one lock.
//!
//! The owner (a session's thread, its task, a loop) calls [`advance`](Link::advance) and does what it says. Everyone else
//! tells: a command that ran beside has [finished](Link::finished), the client has [left](Link::leave), the monitor
//! [shuts down](Link::shut_down). All tellers go through [`tell`](Link::tell), which wakes the owner; there is no other
//! signal, so none can be forgotten. A service only [flushes](Link::flush) and never takes a step.
//!
//! The lock is held for short work on the state and while bytes are written without blocking, never while a handler
//! runs or a future is polled. Locks are taken in the order link, log of events.

#[cfg(all(test, unix))]
mod audit;
mod held;
#[cfg(any(shuttle, all(unix, feature = "transport")))]
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

/// A client that arrives.
pub(crate) struct Arrival {
    pub(crate) peer: Peer,
    pub(crate) settings: Settings,
    /// What logs and hooks call the listener.
    pub(crate) name: Option<Arc<str>>,
    pub(crate) probe: Option<Probe>,
    pub(crate) placement: Placement,
    /// Whether the session lasts although its input has ended, as on standard input and output.
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
    /// Noted by the host, which looks soon.
    noted: AtomicBool,
    /// Nothing has to be negotiated any more.
    negotiated: AtomicBool,
    /// The place in the log of events, in bytes; the greatest number for a session that gets none.
    place: AtomicU64,
    /// How much memory the monitor's budget knows of, in bytes.
    memory: AtomicUsize,
    /// How many waiting descriptors the monitor's budget knows of.
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
            // The greeting; an agent's session is negotiated from the start.
            link.say(&mut state, &mut session);
            state.session = Some(session);
        }
        drop(state);
        link
    }

    /// Whether this host serves it.
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

    /// The same when descriptors that came along were lost. Told at once: the session's worker may take the command as soon
    /// as it is complete.
    #[cfg(any(shuttle, all(unix, feature = "transport")))]
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

    /// A web page can make a browser send commands to a TCP port, behind headers that resynchronisation would skip.
    fn may_be_qmp(&self, bytes: &[u8]) -> bool {
        !matches!(self.origin.peer(), Peer::Tcp(_)) || bytes.first().is_none_or(|first| may_be_qmp(*first))
    }

    /// The one way in from outside: changes the state, and wakes the owner to have it look again.
    fn tell<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = lock(&self.state);
        let result = change(&mut state);
        self.wake_owner(state);
        result
    }

    /// Has the owner look again, with the lock open.
    fn wake_owner(&self, state: Guard<'_>) {
        let waker = state.waker.clone();
        self.account(state);
        gap();
        if let Some(waker) = waker.filter(|_| !mutant::is(Mutant::TellWakesNobody)) {
            waker.wake();
        }
    }

    /// A command that ran beside is done.
    pub(super) fn finished(&self, ticket: Ticket, result: Result<Reply>, permit: Option<Permit>) {
        self.tell(|state| {
            state.beside -= usize::from(!mutant::is(Mutant::JobStaysBeside));
            state.stale = true;
            self.answer(state, ticket, result);
        });
        gap();
        drop(permit);
    }

    /// A command that ran beside, or was to, is given up: its client has left.
    pub(super) fn abandoned(&self, permit: Option<Permit>) {
        self.tell(|state| state.beside -= 1);
        drop(permit);
    }

    /// The client has sent its last, and may still read.
    pub(crate) fn end_input(&self) {
        self.tell(|state| state.input_ended = true);
    }

    /// The client has left: no command begins any more, and no output is written.
    pub(crate) fn leave(&self) {
        let mut state = lock(&self.state);
        // A transport sees it as often as it looks. An owner that was woken each time would have it look again, round and
        // round, as long as a handler runs.
        if state.phase != Phase::Gone {
            self.set_gone(&mut state);
            self.wake_owner(state);
        }
    }

    /// The owner is no longer there: the client leaves, and its futures will not be polled again. Jobs may keep the link for
    /// long, so futures are dropped here, and the turn with them.
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

    /// The client has to leave, whatever the owner does now.
    pub(crate) fn expel(self: &Arc<Link>) {
        self.leave();
        if !mutant::is(Mutant::ExpulsionIsNotNoted) {
            self.note();
        }
    }

    /// Gives the session up if far more than its limit of `bytes` of events waits in the log: its owner stands still, or
    /// would have noticed. The sender of an event calls this, maybe from within this session, so it takes the lock only if
    /// it is free.
    pub(crate) fn give_up_if_behind(self: &Arc<Link>, bytes: u64) {
        /// How many times its limit a session may be behind while its host has no time to look.
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

    /// The same as [`leave`](Link::leave), for an owner that holds the lock.
    fn depart(&self, mut state: Guard<'_>) {
        self.set_gone(&mut state);
        self.account(state);
    }

    /// The monitor shuts down: what was said is written, then the session is over.
    pub(crate) fn shut_down(self: &Arc<Link>) {
        self.tell(|state| {
            if state.phase == Phase::Serving {
                state.phase = Phase::Closing;
            }
            state.waiting = None;
        });
        // The owner may be reading, or run a handler.
        if !mutant::is(Mutant::ShutdownIsNotNoted) {
            self.note();
        }
    }

    /// Whether nothing has to be negotiated any more. Takes no lock.
    pub(crate) fn is_negotiated(&self) -> bool {
        self.negotiated.load(Ordering::Relaxed)
    }

    /// Whether a command runs or waits for its turn.
    pub(crate) fn is_running(&self) -> bool {
        !lock(&self.state).is_quiet()
    }

    /// How many bytes wait for the client, and whether it took no more at the last try.
    pub(crate) fn backlog(&self) -> (usize, bool) {
        let state = lock(&self.state);
        (state.outbox.waiting(), state.outbox.is_blocked())
    }

    /// How many bytes the client has taken since it connected, and whether it took no more at the last try.
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

    /// Has the host look soon.
    fn note(self: &Arc<Link>) {
        // A host that does not look is told each time, and looks at all its sessions.
        if !self.noted.swap(self.host.looks(), Ordering::SeqCst) {
            self.host.note(self);
        }
    }

    /// The host looks, and can be told again.
    #[cfg(any(shuttle, all(unix, feature = "transport")))]
    pub(super) fn forget_note(&self) {
        self.noted.store(mutant::is(Mutant::NoteIsNeverReleased), Ordering::SeqCst);
    }

    /// Tells the monitor's budgets what the session has, and unlocks it.
    fn account(&self, state: Guard<'_>) {
        let Some(session) = &state.session else { return };
        if state.written_off && !mutant::is(Mutant::AccountsAfterEnd) {
            return;
        }
        // Under the lock, so that an older state is never reported after a newer one.
        let over_budget =
            self.charge(session.memory() + state.outbox.memory(), session.descriptors_waiting());
        // A session that is being dropped for the budget drops no other in turn.
        let drops = over_budget && state.phase != Phase::Gone;
        drop(state);
        gap();
        if drops {
            self.monitor.drop_largest();
        }
    }

    /// The session is over, and takes nothing from the budgets any more. Commands that still run may finish later.
    pub(crate) fn write_off(&self) {
        let mut state = lock(&self.state);
        state.written_off = true;
        self.charge(0, 0);
    }

    /// Tells the budgets of so many bytes and descriptors. Returns whether all sessions now take more than they may.
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

    /// How much memory the session has, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.memory.load(Ordering::Relaxed)
    }

    /// How many sessions of the host wait for events.
    #[cfg(all(test, shuttle))]
    pub(in crate::monitor) fn idle_sessions(&self) -> usize {
        self.host.count_idle()
    }
}
