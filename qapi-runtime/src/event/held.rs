//! Replies that wait for those behind them do not wait for long.

use super::Outbox;
use crate::sync::lock;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The outboxes with replies held while a command runs, which may take its time. A transport's thread or task
/// [releases](Held::release) them.
#[derive(Default)]
pub(crate) struct Held(Mutex<State>);

#[derive(Default)]
struct State {
    outboxes: Vec<Arc<Outbox>>,
    /// Somebody waits a moment and then releases.
    awaited: bool,
}

impl Held {
    /// How long a reply waits at most, give or take how busy the machine is: far less than anybody notices, and long
    /// enough for that one wait to serve many sessions and commands.
    const MOMENT: Duration = Duration::from_millis(1);

    /// Notes an outbox, unless it is. Returns whether nobody waits yet, so that the caller has to wake who does.
    pub(crate) fn note(&self, outbox: &Arc<Outbox>) -> bool {
        if outbox.note() {
            return false;
        }
        let mut state = lock(&self.0);
        state.outboxes.push(Arc::clone(outbox));
        !std::mem::replace(&mut state.awaited, true)
    }

    /// How long to wait before the next [`release`](Held::release), if there is to be any.
    pub(crate) fn wait(&self) -> Option<Duration> {
        lock(&self.0).awaited.then_some(Held::MOMENT)
    }

    /// Writes what is held.
    pub(crate) fn release(&self) {
        let mut state = lock(&self.0);
        // As long as there are any, others will probably come: then nobody has to be woken for each.
        state.awaited = !state.outboxes.is_empty();
        let outboxes = std::mem::take(&mut state.outboxes);
        drop(state);
        for outbox in outboxes {
            // First, so that whoever holds something after the release notes it anew.
            outbox.forget_note();
            outbox.release();
        }
    }
}
