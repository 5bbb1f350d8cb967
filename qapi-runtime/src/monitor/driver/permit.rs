//! What a command has while it runs: its turn, and a place among the commands that a shutdown waits for.

use crate::monitor::turn::Taken;
use crate::monitor::work::Busy;

/// Given back when the command's reply is on its way: then no other command's events can come before it.
#[derive(Debug)]
pub(super) struct Permit {
    _turn: Option<Taken>,
    _busy: Busy,
}

impl Permit {
    /// A permit; a command that runs out-of-band has no turn.
    pub(super) fn new(turn: Option<Taken>, busy: Busy) -> Permit {
        Permit { _turn: turn, _busy: busy }
    }
}
