//! What a command holds while it runs: its turn, and its place in the count that a shutdown waits for.

use crate::monitor::turn::{Taken, Turn};
use crate::monitor::work::{Busy, Work};
use std::sync::Arc;

/// Dropped once the command's reply is in the output, so that the next command's events cannot get ahead of it.
#[derive(Debug)]
pub(super) struct Permit {
    _turn: Option<Taken<Arc<Turn>>>,
    _busy: Busy<Arc<Work>>,
}

impl Permit {
    /// A permit. An out-of-band command needs no turn.
    pub(super) fn new(turn: Option<Taken<Arc<Turn>>>, busy: Busy<Arc<Work>>) -> Permit {
        Permit { _turn: turn, _busy: busy }
    }
}

/// The same for a command whose handler is probably done when it returns: it borrows, and so saves reference counts.
#[derive(Debug)]
pub(super) struct BriefPermit<'a> {
    turn: Taken<&'a Turn>,
    busy: Busy<&'a Work>,
}

impl<'a> BriefPermit<'a> {
    pub(super) fn new(turn: Taken<&'a Turn>, busy: Busy<&'a Work>) -> BriefPermit<'a> {
        BriefPermit { turn, busy }
    }

    /// Turns it into a permit for a command that continues, because its handler is async.
    pub(super) fn keep(self, turn: &Arc<Turn>, work: &Arc<Work>) -> Permit {
        Permit { _turn: Some(self.turn.keep(turn)), _busy: self.busy.keep(work) }
    }
}
