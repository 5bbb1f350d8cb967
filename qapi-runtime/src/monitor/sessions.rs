//! The sessions of a monitor: which are open, which have not negotiated yet, and what all of them use together.

use super::budget::{Used, Users};
use super::driver::{Arrival, Connection, Host, Link, Refused};
use super::lifecycle::SessionChange;
use super::{Budgets, Inner};
use crate::event::Bell;
use crate::gap::gap;
use crate::mutant::{self, Mutant};
use crate::sync::{Condvar, Mutex, lock, wait_for};
use crate::{Origin, Peer};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// A number for a session or a listener: unique in the process.
pub(super) fn next_number() -> u64 {
    // The standard library's type even under a model checker: the counter outlives a schedule, and no model waits for
    // it.
    static NUMBERS: AtomicU64 = AtomicU64::new(1);
    NUMBERS.fetch_add(1, Ordering::Relaxed)
}

/// How long a shutdown waits for a client that reads nothing.
const STALLED: Duration = Duration::from_millis(500);

/// The sessions of a monitor.
#[derive(Default)]
pub(super) struct Sessions {
    state: Mutex<State>,
    /// Notified when a session has ended.
    ended: Condvar,
    memory: Used,
    /// Held by the thread that drops sessions for their memory. Locked before all other locks.
    dropping: Mutex<()>,
    descriptors: Used,
}

#[derive(Default)]
struct State {
    links: BTreeMap<u64, Arc<Link>>,
    users: Users,
    /// The deadlines for negotiating, the earliest first. All sessions get the same time, so each new one goes to the
    /// back.
    deadlines: VecDeque<(Duration, Weak<Link>)>,
}

impl State {
    /// Removes leading deadlines whose sessions have negotiated or ended.
    fn forget_met(&mut self) {
        while self
            .deadlines
            .front()
            .is_some_and(|(_, link)| link.upgrade().is_none_or(|link| link.is_negotiated()))
        {
            self.deadlines.pop_front();
        }
    }
}

impl Sessions {
    pub(super) fn count(&self) -> usize {
        lock(&self.state).links.len()
    }

    fn all(&self) -> Vec<Arc<Link>> {
        lock(&self.state).links.values().cloned().collect()
    }

    /// Checks whether there is room for a session of this peer.
    fn admit(state: &State, budgets: &Budgets, peer: &Peer) -> Result<(), Refused> {
        if state.links.len() >= budgets.sessions {
            Err(Refused::Sessions)
        } else if state.users.sessions(peer) >= budgets.sessions_of_a_user {
            Err(Refused::SessionsOfUser)
        } else {
            Ok(())
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Duration> {
        let mut state = lock(&self.state);
        state.forget_met();
        state.deadlines.front().map(|(deadline, _)| *deadline)
    }

    /// Drops the sessions that have not negotiated in time.
    pub(super) fn expire(&self, now: Duration) {
        loop {
            let mut state = lock(&self.state);
            state.forget_met();
            if state.deadlines.front().is_none_or(|(deadline, _)| *deadline > now) {
                return;
            }
            if mutant::is(Mutant::NegotiationNeverExpires) {
                state.deadlines.clear();
                return;
            }
            let Some((_, link)) = state.deadlines.pop_front() else { return };
            drop(state);
            gap();
            if let Some(link) = link.upgrade() {
                tracing::warn!(session = link.number(), "client has not negotiated in time: session dropped");
                link.expel();
            }
        }
    }

    /// Makes every session end when its output is written.
    pub(super) fn begin_to_shut_down(&self) {
        self.all().iter().for_each(|link| link.shut_down());
    }

    /// Does the same and waits until the sessions have ended. Returns whether all output was written in time.
    pub(super) fn shut_down(&self, until: Instant) -> bool {
        self.begin_to_shut_down();
        // For each client: how much it had read when its progress was last seen, and when that was.
        let mut takers: BTreeMap<u64, (u64, Instant)> = BTreeMap::new();
        let mut complete = true;
        loop {
            let now = Instant::now();
            for link in self.all() {
                let (taken, blocked) = link.progress();
                let (before, since) = takers.entry(link.number()).or_insert((taken, now));
                if !blocked || taken > *before {
                    (*before, *since) = (taken, now);
                }
                if now >= until || now.duration_since(*since) >= STALLED {
                    complete &= link.backlog().0 == 0;
                    link.expel();
                }
            }
            let state = lock(&self.state);
            if state.links.is_empty() {
                return complete;
            }
            if now >= until + STALLED {
                // The transport no longer runs, so the owners of these sessions will never act.
                return false;
            }
            drop(wait_for(&self.ended, state, Duration::from_millis(20)));
        }
    }
}

impl Inner {
    /// Opens a session.
    pub(crate) fn connect(
        self: &Arc<Inner>,
        host: &Arc<Host>,
        arrival: Arrival,
    ) -> Result<Connection, Refused> {
        let number = next_number();
        let peer = arrival.peer.clone();
        let patient =
            matches!(peer, Peer::Stdio) || arrival.settings.dialect != crate::dialect::Dialect::Monitor;
        let mut state = lock(&self.sessions.state);
        let admitted = if self.work.is_closed() {
            Err(Refused::ShutDown)
        } else {
            Sessions::admit(&state, &self.budgets, &peer)
        };
        if let Err(refused) = admitted {
            drop(state);
            tracing::warn!(%peer, "client refused: {refused}");
            return Err(refused);
        }
        tracing::debug!(session = number, %peer, "client connected");
        let link = Link::new(Arc::clone(self), Arc::clone(host), number, arrival);
        state.links.insert(number, Arc::clone(&link));
        state.users.add(&peer);
        let mut rescheduled = false;
        if !patient {
            let deadline = self.log.clock().now().monotonic.saturating_add(self.budgets.negotiation);
            // If the last deadline is that of one of this host's sessions, the host times it already and sees the new
            // one after it. Otherwise it has to be told: the other session may end, and no host would time the new
            // deadline.
            let last = state.deadlines.back().and_then(|(_, last)| last.upgrade());
            rescheduled = last.is_none_or(|last| !last.is_served_by(host));
            state.deadlines.push_back((deadline, Arc::downgrade(&link)));
        }
        drop(state);
        if rescheduled && !mutant::is(Mutant::DeadlineIsNotTold) {
            host.rescheduled();
        }
        self.tell(&link, SessionChangeKind::Began);
        Ok(Connection::new(link))
    }

    /// Removes a session that is over.
    pub(crate) fn forget(&self, link: &Arc<Link>) {
        let mut state = lock(&self.sessions.state);
        if state.links.remove(&link.number()).is_none() {
            return;
        }
        state.users.remove(link.origin.peer());
        // Unlocked before the hook runs, which may call back into the monitor.
        drop(state);
        tracing::debug!(session = link.number(), "client disconnected");
        link.write_off();
        self.tell(link, SessionChangeKind::Ended);
        self.sessions.ended.notify_all();
    }

    fn tell(&self, link: &Link, kind: SessionChangeKind) {
        let Some(hook) = &self.lifecycle else { return };
        let origin: &Origin = &link.origin;
        let (session, peer, listener) = (origin.session(), origin.peer(), origin.listener());
        hook(match kind {
            SessionChangeKind::Began => SessionChange::Began { session, peer, listener },
            SessionChangeKind::Ended => SessionChange::Ended { session, peer, listener },
        });
    }

    /// How many bytes all sessions take, according to the budget.
    #[cfg(all(test, shuttle))]
    pub(super) fn memory_in_use(&self) -> usize {
        self.sessions.memory.change(0, 0)
    }

    /// Whether one more session may be opened, whichever client it is for.
    pub(crate) fn has_room_for_a_session(&self) -> bool {
        !self.budgets.wait_in_backlog || self.sessions.count() < self.budgets.sessions
    }

    /// Ends the sessions that are far behind in the log of `bytes` bytes and whose owners have not noticed, for
    /// instance because their event loop hangs. Otherwise the log would keep all events for them.
    pub(crate) fn give_up_behind(&self, bytes: u64) {
        for link in self.sessions.all() {
            link.give_up_if_behind(bytes);
        }
    }

    /// Whether `more` further descriptors may wait.
    pub(crate) fn admits_descriptors(&self, more: usize) -> bool {
        let all = self.sessions.descriptors.change(0, 0).saturating_add(more);
        all <= self.budgets.descriptors || mutant::is(Mutant::DescriptorsHaveNoBudget)
    }

    /// How many bytes and descriptors all sessions use, according to the budgets.
    #[cfg(all(test, unix))]
    pub(super) fn used(&self) -> (usize, usize) {
        (self.sessions.memory.change(0, 0), self.sessions.descriptors.change(0, 0))
    }

    /// The number of waiting descriptors of one session has changed from `before` to `now`.
    pub(crate) fn descriptors_changed(&self, before: usize, now: usize) {
        self.sessions.descriptors.change(before, now);
    }

    /// The memory of one session has changed from `before` to `now` bytes. Returns whether that made the sum exceed the
    /// budget.
    pub(crate) fn memory_changed(&self, before: usize, now: usize) -> bool {
        if now < before && mutant::is(Mutant::MemoryIsNotGivenBack) {
            return false;
        }
        self.sessions.memory.change(before, now) > self.budgets.memory && now > before
    }

    /// Drops the session that takes the most memory until all fit the budget. Called without a link's lock.
    pub(crate) fn drop_largest(&self) {
        // One thread at a time: two that see the same excess would drop two sessions for it. The second thread does not
        // wait, because the first one calls wakers with this lock held, and a waker may run foreign code. The first
        // thread checks again after each drop, so it covers what the second one saw.
        let Ok(_dropping) = self.sessions.dropping.try_lock() else { return };
        loop {
            // A session that was dropped keeps its memory until its handler returns. No other session is dropped for
            // that.
            let mut links = self.sessions.all();
            links.retain(|link| !link.origin.presence().has_left());
            let memory: usize = links.iter().map(|link| link.memory()).sum();
            let Some(largest) = links.iter().max_by_key(|link| link.memory()) else { return };
            if memory <= self.budgets.memory {
                return;
            }
            tracing::warn!(
                session = largest.number(),
                memory = largest.memory(),
                "sessions take too much memory: this one is dropped"
            );
            largest.expel();
        }
    }
}

enum SessionChangeKind {
    Began,
    Ended,
}
