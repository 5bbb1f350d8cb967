//! How many commands run, for a shutdown that waits for them.

use crate::sync::{Signal, lock};
use std::sync::Mutex;
use std::time::Instant;

#[derive(Debug, Default)]
pub(crate) struct Work {
    state: Mutex<State>,
    done: Signal,
}

#[derive(Debug, Default)]
struct State {
    running: usize,
    closed: bool,
}

/// A command runs, and its answer is not yet in the output.
#[derive(Debug)]
pub(crate) struct Busy<'a>(&'a Work);

impl Work {
    /// Notes that a command runs, unless none may any more.
    pub(super) fn begin(&self) -> Option<Busy<'_>> {
        let mut state = lock(&self.state);
        if state.closed {
            return None;
        }
        state.running += 1;
        Some(Busy(self))
    }

    /// Lets no more commands begin and waits for those that run. Returns whether they have ended in time.
    pub(super) fn close(&self, until: Instant) -> bool {
        let mut state = lock(&self.state);
        state.closed = true;
        while state.running > 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.done.wait_for(state, left);
        }
        true
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.running -= 1;
        drop(state);
        self.0.done.notify_all();
    }
}
