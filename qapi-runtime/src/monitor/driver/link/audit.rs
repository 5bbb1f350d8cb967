//! The state of a link, as the simulation may inspect it.

use super::Link;
use crate::monitor::driver::state::Phase;
use crate::sync::lock;

/// The inspected state of a link.
#[derive(Debug)]
pub(in crate::monitor::driver) struct Audit {
    pub(in crate::monitor::driver) is_gone: bool,
    /// Whether it receives events, and whether its owner runs a handler and so checks for events on its own.
    pub(in crate::monitor::driver) listens: bool,
    pub(in crate::monitor::driver) is_busy: bool,
    /// How many commands wait in the session's queue.
    pub(in crate::monitor::driver) queued: usize,
    /// How many async commands have begun here.
    pub(in crate::monitor::driver) pending: usize,
    /// How many bytes wait in the outbox, and how many bytes of events are still in the log.
    pub(in crate::monitor::driver) waiting: usize,
    pub(in crate::monitor::driver) behind: usize,
    pub(in crate::monitor::driver) is_blocked: bool,
    /// Bytes and descriptors: those in use, and those counted in the budget.
    pub(in crate::monitor::driver) taken: (usize, usize),
    pub(in crate::monitor::driver) known: (usize, usize),
}

impl Link {
    /// Inspects the link. While a handler runs with arguments that are still in the parser, the session is away, and
    /// the figures of the budget stand for its own.
    pub(in crate::monitor::driver) fn audit(&self) -> Audit {
        let state = lock(&self.state);
        let known = (self.memory(), self.descriptors());
        let taken = state.session.as_ref().map_or(known, |session| {
            (session.memory() + state.outbox.memory(), session.descriptors_waiting())
        });
        let behind = state.cursor.as_ref().map_or(0, |cursor| self.monitor.log.bytes_ahead_of(cursor));
        Audit {
            is_gone: state.phase == Phase::Gone,
            listens: state.cursor.is_some(),
            is_busy: state.busy,
            queued: state.session.as_ref().map_or(0, |session| session.queue_len()),
            pending: state.pending.len(),
            waiting: state.outbox.waiting(),
            behind,
            is_blocked: state.outbox.is_blocked(),
            taken,
            known,
        }
    }
}
