//! What all sessions of a monitor may use together.

use crate::Peer;
use crate::sync::AtomicUsize;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Bounds for all sessions of a monitor together.
///
/// What is over a budget is refused with a log line, and the other clients do not notice.
///
/// ```
/// use qapi_runtime::monitor::Budgets;
///
/// let mut budgets = Budgets::default();
/// budgets.sessions = 16;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budgets {
    /// Sessions that are open at once: 4,096. One more is closed as soon as it is accepted, or
    /// [waits](Budgets::wait_in_backlog).
    pub sessions: usize,
    /// Sessions of one user at once, where the kernel tells the user of a client (Unix sockets): 4,096.
    pub sessions_of_a_user: usize,
    /// Leaves clients in the kernel's backlog while as many sessions are open as may be, instead of closing their
    /// connections: off.
    pub wait_in_backlog: bool,
    /// Bytes that the input and output of all sessions take together: 192 MiB. When they take more, the session with the
    /// most is dropped.
    ///
    /// One message may take up to 64 MiB of text and some 10 MiB of its structure while it is read, and its tree some
    /// 100 MiB while its command runs, which is not counted.
    pub memory: usize,
    /// How long a client has to negotiate: five minutes. Standard input and output have any time.
    pub negotiation: Duration,
    /// Descriptors that wait for their command in one session: 253, as many as one message can carry. With 0 none are
    /// accepted.
    pub descriptors_of_a_session: usize,
    /// Descriptors that wait in all sessions together: 512.
    pub descriptors: usize,
}

impl Default for Budgets {
    fn default() -> Budgets {
        Budgets {
            sessions: 4096,
            sessions_of_a_user: 4096,
            wait_in_backlog: false,
            memory: 192 << 20,
            negotiation: Duration::from_secs(5 * 60),
            descriptors_of_a_session: 253,
            descriptors: 512,
        }
    }
}

/// How much of a budget is used.
#[derive(Debug, Default)]
pub(super) struct Used(AtomicUsize);

impl Used {
    /// What used `before` uses `now`. Returns how much all use together.
    pub(super) fn change(&self, before: usize, now: usize) -> usize {
        // Wraps around where less is used, and comes out right.
        let difference = now.wrapping_sub(before);
        self.0.fetch_add(difference, Ordering::Relaxed).wrapping_add(difference)
    }
}

/// How many sessions each user has.
#[derive(Debug, Default)]
pub(super) struct Users(BTreeMap<u32, usize>);

impl Users {
    /// How many sessions the peer's user has; 0 where nothing is known of the user.
    pub(super) fn sessions(&self, peer: &Peer) -> usize {
        peer.user().and_then(|user| self.0.get(&user)).copied().unwrap_or_default()
    }

    pub(super) fn add(&mut self, peer: &Peer) {
        if let Some(user) = peer.user() {
            *self.0.entry(user).or_default() += 1;
        }
    }

    pub(super) fn remove(&mut self, peer: &Peer) {
        let Some(user) = peer.user() else { return };
        if let Some(count) = self.0.get_mut(&user) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(&user);
            }
        }
    }
}
