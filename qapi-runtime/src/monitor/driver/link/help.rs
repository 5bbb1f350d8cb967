//! What a transport's service does for a client while the owner is busy.

use super::Link;
use crate::monitor::driver::Flushed;
use crate::monitor::driver::state::Phase;
use crate::sync::lock;
use std::io;

impl Link {
    /// Flushes for a caller that only knows that there may be output. Does not write to a socket that was full, and
    /// returns `None` then. The client may turn out to be too far behind, which ends its session.
    pub(crate) fn help(&self, mut write: impl FnMut(&[u8]) -> io::Result<usize>) -> Option<Flushed> {
        let mut state = lock(&self.state);
        // The service calls, so the owner has been busy for a while.
        state.stale = true;
        if state.phase != Phase::Gone && state.outbox.is_blocked() {
            if self.block(&mut state) == Flushed::Blocked {
                return None;
            }
            // Too far behind: the session has ended, and the owner must close the connection.
            self.wake_owner(state);
            return Some(Flushed::Over);
        }
        Some(self.flush_locked(state, &mut write, true))
    }

    /// Wakes the owner.
    #[cfg(feature = "tokio")]
    pub(crate) fn wake(&self) {
        self.tell(|_| ());
    }
}
