//! What a command has while it runs: its turn, and a place among the commands that a shutdown waits for.

use crate::monitor::turn::{Taken, Turn};
use crate::monitor::work::{Busy, Work};
use std::sync::Arc;

/// Given back when the command's reply is on its way: then no other command's events can come before it.
#[derive(Debug)]
pub(super) struct Permit {
    _turn: Option<Taken<Arc<Turn>>>,
    _busy: Busy<Arc<Work>>,
}

impl Permit {
    /// A permit; a command that runs out-of-band has no turn.
    pub(super) fn new(turn: Option<Taken<Arc<Turn>>>, busy: Busy<Arc<Work>>) -> Permit {
        Permit { _turn: turn, _busy: busy }
    }
}

/// The same for a command that is probably over before anything else happens: it counts no references.
#[derive(Debug)]
pub(super) struct BriefPermit<'a> {
    turn: Taken<&'a Turn>,
    busy: Busy<&'a Work>,
}

impl<'a> BriefPermit<'a> {
    pub(super) fn new(turn: Taken<&'a Turn>, busy: Busy<&'a Work>) -> BriefPermit<'a> {
        BriefPermit { turn, busy }
    }

    /// The same for a command that goes on.
    pub(super) fn keep(self, turn: &Arc<Turn>, work: &Arc<Work>) -> Permit {
        Permit { _turn: Some(self.turn.keep(turn)), _busy: self.busy.keep(work) }
    }
}
