//! Limits for what all sessions of a monitor use together.

use crate::Peer;
use crate::sync::AtomicUsize;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Limits for all sessions of a monitor together.
///
/// The monitor refuses what exceeds a limit and logs it; other clients are not affected.
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
    /// Sessions that are open at once: 4,096. A further connection is closed as soon as it is accepted, or
    /// [waits in the backlog](Budgets::wait_in_backlog).
    pub sessions: usize,
    /// Sessions of one user at once: 4,096. Only for Unix sockets, where the kernel reports the client's user (feature
    /// `credentials`).
    pub sessions_of_a_user: usize,
    /// Leaves clients in the kernel's backlog while the limit of sessions is reached, instead of closing their
    /// connections: off.
    pub wait_in_backlog: bool,
    /// Bytes that the input and output of all sessions take together: 192 MiB. When they take more, the session that
    /// takes the most is dropped.
    ///
    /// While a message is read, its text takes up to 64 MiB and its tokens some 10 MiB. While its command runs, its
    /// tree takes some 100 MiB, which is not counted.
    pub memory: usize,
    /// How long a client may take to negotiate: five minutes. Standard input and output have no limit.
    pub negotiation: Duration,
    /// Descriptors that wait for their command in one session: 253, as many as one message can carry. With 0, none are
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
    /// Replaces `before` by `now` in the sum. Returns the new sum.
    pub(super) fn change(&self, before: usize, now: usize) -> usize {
        // When `now` is less, the difference wraps around and the sum still comes out right.
        let difference = now.wrapping_sub(before);
        self.0.fetch_add(difference, Ordering::Relaxed).wrapping_add(difference)
    }
}

/// How many sessions each user has.
#[derive(Debug, Default)]
pub(super) struct Users(BTreeMap<u32, usize>);

impl Users {
    /// How many sessions the peer's user has; 0 when the user is not known.
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
