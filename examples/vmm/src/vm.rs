//! The running machine: what the threads share, and the loop that lets the guest run.
//!
//! The guest, the reader of its script, the command handlers and the signals change the machine under one lock. Events
//! are sent under the same lock, so that every client sees them in the order in which they happened.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use qapi_runtime::EventSender;

use crate::access::Access;
use crate::effect::Effect;
use crate::events;
use crate::machine::Machine;
use crate::qapi;

/// How many accesses the reader of the script may be ahead of the guest. The script may be endless, so memory needs a
/// bound.
const MOST_READ_AHEAD: usize = 256;

/// A machine, the script of its guest, and the lock for both.
#[derive(Debug)]
pub(crate) struct Vm {
    state: Mutex<State>,
    /// Signalled whenever the state has changed in a way that a thread may wait for.
    changed: Condvar,
    /// How many threads wait for the lock to run a command. The guest yields to them: `Mutex` is not fair, and a busy
    /// guest would lock them out.
    waiting: AtomicUsize,
    /// The zero of host time.
    epoch: Instant,
    events: EventSender<qapi::Schema>,
}

#[derive(Debug)]
struct State {
    machine: Machine,
    /// The accesses that the guest has yet to execute.
    script: ReadAhead,
    /// The process must end.
    ended: bool,
}

/// The part of the script that is read but not yet executed.
#[derive(Debug, Default)]
struct ReadAhead {
    accesses: VecDeque<Access>,
    /// The reader has reached the end of the script.
    complete: bool,
}

impl Vm {
    /// A machine that has not run yet.
    pub(crate) fn new(machine: Machine, events: EventSender<qapi::Schema>) -> Self {
        let state = State { machine, script: ReadAhead::default(), ended: false };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            waiting: AtomicUsize::new(0),
            epoch: Instant::now(),
            events,
        }
    }

    /// Reads the machine, or changes a part of it that has no effect by itself.
    pub(crate) fn with_machine<R>(&self, look: impl FnOnce(&mut Machine) -> R) -> R {
        look(&mut self.lock_for_command().machine)
    }

    /// Acts on the machine at the current time, and sends the resulting events.
    ///
    /// Events are in the log when this returns, so a command's events precede its reply.
    pub(crate) fn command(&self, act: impl FnOnce(&mut Machine, Duration) -> Vec<Effect>) {
        let mut state = self.lock_for_command();
        let effects = act(&mut state.machine, self.now());
        self.perform(&mut state, &effects);
    }

    /// Like [`command`](Self::command), for an action that the machine may refuse.
    pub(crate) fn try_command<E>(
        &self,
        act: impl FnOnce(&mut Machine, Duration) -> Result<Vec<Effect>, E>,
    ) -> Result<(), E> {
        let mut state = self.lock_for_command();
        let effects = act(&mut state.machine, self.now())?;
        self.perform(&mut state, &effects);
        Ok(())
    }

    /// Appends to the guest's script. Waits while the guest is far behind.
    pub(crate) fn append_to_script(&self, access: Access) {
        let mut state = self.lock();
        while state.script.accesses.len() >= MOST_READ_AHEAD {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.script.accesses.push_back(access);
        self.changed.notify_all();
    }

    /// The guest's script is complete.
    pub(crate) fn end_script(&self) {
        self.lock().script.complete = true;
        self.changed.notify_all();
    }

    /// Lets the guest run until the process must end.
    pub(crate) fn run(&self) {
        let mut state = self.lock();
        while !state.ended {
            while self.waiting.load(Ordering::Acquire) > 0 {
                drop(state);
                std::thread::yield_now();
                state = self.lock();
            }
            let now = self.now();
            let due = state.machine.advance(now);
            self.perform(&mut state, &due);
            if state.machine.is_ready(now) {
                if let Some(access) = state.script.accesses.pop_front() {
                    let effects = state.machine.execute(now, access);
                    self.perform(&mut state, &effects);
                    // The reader may wait for space.
                    self.changed.notify_all();
                    continue;
                }
                if std::mem::take(&mut state.script.complete) {
                    tracing::info!("the guest halts: its script is at the end");
                }
            }
            if !state.ended {
                state = self.wait(state, now);
            }
        }
    }

    /// Waits for a change, or for the machine's next deadline.
    fn wait<'a>(&self, state: MutexGuard<'a, State>, now: Duration) -> MutexGuard<'a, State> {
        match state.machine.next_deadline(now) {
            Some(deadline) => {
                let time = deadline.saturating_sub(now);
                let waited = self.changed.wait_timeout(state, time);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Sends the events of effects. The caller holds the lock.
    fn perform(&self, state: &mut State, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Exit => state.ended = true,
                effect => events::send(effect, &self.events),
            }
        }
        if !effects.is_empty() {
            self.changed.notify_all();
        }
    }

    fn now(&self) -> Duration {
        self.epoch.elapsed()
    }

    fn lock_for_command(&self) -> MutexGuard<'_, State> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let state = self.lock();
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        state
    }

    /// Ignores poisoning: no function of the machine panics in the middle of a change.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
