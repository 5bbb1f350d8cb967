//! What a link knows of its client, behind its lock.

use super::permit::Permit;
use crate::context::Abandonable;
use crate::dispatch::PendingReply;
use crate::event::Cursor;
use crate::monitor::turn::Take;
use crate::outbox::Outbox;
use crate::session::{Runnable, Session, Ticket};
use std::task::Waker;

pub(super) struct State {
    /// Away while a handler runs with arguments that are still in the parser.
    pub(super) session: Option<Box<Session>>,
    pub(super) outbox: Outbox,
    /// The place in the log of events, from the end of the negotiation on.
    pub(super) cursor: Option<Cursor>,
    /// An in-band command that waits for its turn.
    pub(super) waiting: Option<(Take, Runnable<'static>)>,
    /// Async commands that have begun.
    pub(super) pending: Vec<Pending>,
    /// The owner is at work, and looks into the log of events before it waits.
    pub(super) busy: bool,
    /// How many handlers run in `advance`.
    pub(super) here: usize,
    /// Someone else came while a handler ran in there, and was told to wait.
    pub(super) turned_away: bool,
    /// How many commands run beside.
    pub(super) beside: usize,
    pub(super) input_ended: bool,
    pub(super) phase: Phase,
    /// The first byte has come.
    pub(super) spoken: bool,
    /// Events were put into the outbox beyond its limit.
    pub(super) overflowing: bool,
    /// Commands that have begun since the input was fed.
    pub(super) begun: u32,
    /// Time has passed, or a command has waited: the client may have left unnoticed.
    pub(super) stale: bool,
    pub(super) waker: Option<Waker>,
    /// The monitor's budgets count nothing of the session any more.
    pub(super) written_off: bool,
}

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Serving,
    /// No command begins any more. What is to be said is still written.
    Closing,
    /// The client has left. Nothing that is told after this can be seen by anyone.
    Gone,
}

/// An async command that has begun.
pub(super) struct Pending {
    pub(super) ticket: Ticket,
    pub(super) future: PendingReply,
    /// Whether the handler lets its future be dropped when its client has left.
    pub(super) abandonable: Abandonable,
    pub(super) permit: Permit,
}

impl State {
    pub(super) fn new(session: Session) -> State {
        State {
            session: Some(Box::new(session)),
            outbox: Outbox::default(),
            cursor: None,
            waiting: None,
            pending: Vec::new(),
            busy: false,
            here: 0,
            turned_away: false,
            beside: 0,
            input_ended: false,
            phase: Phase::Serving,
            spoken: false,
            overflowing: false,
            begun: 0,
            stale: false,
            waker: None,
            written_off: false,
        }
    }

    /// Whether no command runs or waits for its turn.
    pub(super) fn is_quiet(&self) -> bool {
        self.here == 0 && self.beside == 0 && self.pending.is_empty() && self.waiting.is_none()
    }
}
