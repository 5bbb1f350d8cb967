//! A host serves sessions: the service of a transport, or the embedder's event loop. It has one waker.

use super::Link;
use super::held::Held;
use crate::event::Bell;
use crate::gap::gap;
use crate::monitor::Inner;
use crate::mutant::{self, Mutant};
use crate::sync::AtomicUsize;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::task::Waker;
use std::time::Duration;

/// Serves sessions of a monitor. It is woken once for any number of events and sessions.
pub(crate) struct Host {
    monitor: Weak<Inner>,
    waker: Waker,
    /// Whether a thread looks after sessions while their handlers run, so that they may leave output to it.
    looks: bool,
    /// How many sessions receive events but do not check the log on their own: all but those that run a handler.
    idle: AtomicUsize,
    held: Held,
}

impl Host {
    pub(crate) fn new(monitor: Weak<Inner>, waker: Waker, looks: bool) -> Host {
        Host { monitor, waker, looks, idle: AtomicUsize::new(0), held: Held::default() }
    }

    /// Whether sessions may leave output to the host while they run a handler.
    pub(in crate::monitor::driver) fn looks(&self) -> bool {
        self.looks
    }

    /// A session starts to wait for events, or waits again after a handler.
    pub(in crate::monitor::driver) fn idle(&self) {
        self.idle.fetch_add(1, Ordering::SeqCst);
    }

    /// A session runs a handler, after which it checks the log on its own, or it receives no more events.
    pub(in crate::monitor::driver) fn busy(&self) {
        self.idle.fetch_sub(1, Ordering::SeqCst);
    }

    /// How many sessions are counted as waiting for events.
    #[cfg(all(test, any(unix, shuttle)))]
    pub(in crate::monitor::driver) fn count_idle(&self) -> usize {
        self.idle.load(Ordering::SeqCst)
    }

    /// Makes the host write the session's output if its handler takes longer than a moment.
    pub(in crate::monitor::driver) fn note(&self, link: &Arc<Link>) {
        if !self.looks || self.held.note(link) {
            self.waker.wake_by_ref();
        }
    }

    /// How long to wait at most before the next look.
    pub(crate) fn wait(&self) -> Option<Duration> {
        self.held.wait()
    }

    /// Takes the sessions to help now; `true` means all of them.
    pub(crate) fn look(&self) -> (Vec<Arc<Link>>, bool) {
        let due = self.held.take();
        gap();
        // Before the caller helps them: a session that leaves output after this look has to note it again.
        due.links.iter().for_each(|link| link.forget_note());
        (due.links, due.all)
    }
}

impl Bell for Host {
    fn grown(&self) {
        if !self.looks || self.idle.load(Ordering::SeqCst) > 0 {
            if mutant::is(Mutant::IdleHostIsNotRung) {
                return;
            }
            self.waker.wake_by_ref();
        } else if self.held.note_all() {
            // All sessions are busy and will check the log after their handlers. The look is for handlers that are
            // slow.
            self.waker.wake_by_ref();
        }
    }

    fn rescheduled(&self) {
        self.waker.wake_by_ref();
    }

    fn overdue(&self, bytes: u64) {
        if let Some(monitor) = self.monitor.upgrade() {
            monitor.give_up_behind(bytes);
        }
    }
}
