//! A session with its way out.

use super::Monitor;
use crate::Origin;
use crate::event::Outbox;
use crate::session::Session;
use crate::sync::Signal;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

/// A session of a monitor, shared between whoever reads for it and whoever runs its commands.
///
/// Locks are taken in this order: session, event bus, outbox. No handler runs under one of the latter two, so handlers may
/// send events.
pub(crate) struct Connection {
    pub(crate) monitor: Monitor,
    pub(crate) origin: Arc<Origin>,
    pub(crate) session: Mutex<Session>,
    pub(crate) outbox: Arc<Outbox>,
    /// A command of the session was finished.
    pub(crate) changed: Signal,
    /// The session has commands that wait for room in the outbox, and nobody who waits there.
    pub(crate) stalled: AtomicBool,
}

impl Connection {
    /// Sends what the session has said. Events follow if it has negotiated.
    pub(crate) fn send(&self, session: &mut Session) {
        let negotiated = session.is_negotiated();
        self.outbox.reply(session.output_mut(), negotiated);
    }

    /// The same, to be written together with what follows; the caller releases it.
    pub(crate) fn hold(&self, session: &mut Session) {
        let negotiated = session.is_negotiated();
        self.outbox.hold(session.output_mut(), negotiated);
    }
}
