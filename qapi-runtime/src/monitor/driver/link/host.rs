//! What serves sessions: a service thread, a tokio runtime, an event loop of the embedder's. It has one waker.

use super::Link;
use super::held::Held;
use crate::event::Bell;
#[cfg(any(shuttle, all(unix, feature = "transport")))]
use crate::gap::gap;
use crate::monitor::Inner;
use crate::mutant::{self, Mutant};
use crate::sync::AtomicUsize;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::task::Waker;
#[cfg(any(shuttle, all(unix, feature = "transport")))]
use std::time::Duration;

/// One who serves sessions of a monitor. Rung once for any number of events and sessions.
pub(crate) struct Host {
    monitor: Weak<Inner>,
    waker: Waker,
    /// Whether a thread or task looks after sessions while handlers run, so that they may leave output to it.
    looks: bool,
    /// How many sessions get events and do not look into the log by themselves: all but those that run a handler.
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

    /// A session waits for events from now on, or waits again.
    pub(in crate::monitor::driver) fn idle(&self) {
        self.idle.fetch_add(1, Ordering::SeqCst);
    }

    /// A session looks into the log by itself when its handler has returned, or gets no more events.
    pub(in crate::monitor::driver) fn busy(&self) {
        self.idle.fetch_sub(1, Ordering::SeqCst);
    }

    /// How many sessions it believes to wait for events.
    #[cfg(all(test, any(unix, shuttle)))]
    pub(in crate::monitor::driver) fn count_idle(&self) -> usize {
        self.idle.load(Ordering::SeqCst)
    }

    /// Has the session's output written if its handler takes longer than a moment.
    pub(in crate::monitor::driver) fn note(&self, link: &Arc<Link>) {
        if !self.looks || self.held.note(link) {
            self.waker.wake_by_ref();
        }
    }

    /// How long to wait at most before the next look.
    #[cfg(any(shuttle, all(unix, feature = "transport")))]
    pub(crate) fn wait(&self) -> Option<Duration> {
        self.held.wait()
    }

    /// The sessions to be helped now, besides those that were woken; `true` stands for all of them.
    #[cfg(any(shuttle, all(unix, feature = "transport")))]
    pub(crate) fn look(&self) -> (Vec<Arc<Link>>, bool) {
        let due = self.held.take();
        gap();
        // First, so that a session that holds something after this look notes it anew.
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
            // All sessions are busy and will look, unless their handlers take their time.
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
