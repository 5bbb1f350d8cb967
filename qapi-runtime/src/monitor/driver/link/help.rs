//! What transports do for a client besides its owner.

use super::Link;
use crate::monitor::driver::Flushed;
use crate::monitor::driver::state::Phase;
use crate::sync::lock;
use std::io;

impl Link {
    /// The same for one who only knows that there may be output. Nothing is tried on a client that takes no more; `None`
    /// says so. It may be too far behind by now.
    pub(crate) fn help(&self, mut write: impl FnMut(&[u8]) -> io::Result<usize>) -> Option<Flushed> {
        let mut state = lock(&self.state);
        // Someone else calls, so time has passed.
        state.stale = true;
        if state.phase != Phase::Gone && state.outbox.is_blocked() {
            if self.block(&mut state) == Flushed::Blocked {
                return None;
            }
            // Too far behind: the owner has to know.
            self.wake_owner(state);
            return Some(Flushed::Over);
        }
        Some(self.flush_locked(state, &mut write, true))
    }

    /// Has the owner look again.
    #[cfg(feature = "tokio")]
    pub(crate) fn wake(&self) {
        self.tell(|_| ());
    }
}
