//! The state of a link, behind its lock.

use super::permit::Permit;
use crate::context::Abandonable;
use crate::dispatch::PendingReply;
use crate::event::Cursor;
use crate::monitor::turn::Take;
use crate::outbox::Outbox;
use crate::session::{Runnable, Session, Ticket};
use std::task::Waker;

pub(super) struct State {
    /// None while a handler runs with arguments that borrow from the session's parser.
    pub(super) session: Option<Box<Session>>,
    pub(super) outbox: Outbox,
    /// The place in the log of events. None until the negotiation has ended.
    pub(super) cursor: Option<Cursor>,
    /// An in-band command that waits for its turn.
    pub(super) waiting: Option<(Take, Runnable<'static>)>,
    /// Async commands that have begun.
    pub(super) pending: Vec<Pending>,
    /// The owner is running a handler and checks the log of events before it waits, so no sender needs to wake it.
    pub(super) busy: bool,
    /// How many calls to `advance` are running or polling handlers, without the lock.
    pub(super) here: usize,
    /// Another thread called `advance` meanwhile and was told to wait. It is woken when the handler returns.
    pub(super) turned_away: bool,
    /// How many commands run on other threads.
    pub(super) beside: usize,
    pub(super) input_ended: bool,
    pub(super) phase: Phase,
    /// The first byte has arrived.
    pub(super) spoken: bool,
    /// Events have filled the outbox beyond its limit.
    pub(super) overflowing: bool,
    /// Commands that have begun since input last arrived.
    pub(super) begun: u32,
    /// Time has passed since the client was last known to be there, so it may have left unnoticed.
    pub(super) stale: bool,
    pub(super) waker: Option<Waker>,
    /// The session is no longer counted in the monitor's budgets.
    pub(super) written_off: bool,
}

/// The phase of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Serving,
    /// No further command begins. Pending output is still written.
    Closing,
    /// The client has left. Later replies and events are dropped.
    Gone,
}

/// An async command that has begun.
pub(super) struct Pending {
    pub(super) ticket: Ticket,
    pub(super) future: PendingReply,
    /// Whether the handler allows its future to be dropped when its client has left.
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
