//! The sessions that the host must look at soon, but not at once.
//!
//! Replies to pipelined commands are collected and written together, and so are the events that a handler sends while
//! all sessions are busy. When a handler is slow, they must not wait for it: the host looks at these sessions a moment
//! later and writes their output.

use super::Link;
use crate::sync::{Mutex, lock};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// The sessions that wait for a host's next look.
#[derive(Default)]
pub(super) struct Held(Mutex<State>);

#[derive(Default)]
struct State {
    /// Weak: a link keeps its host alive, so strong references would be a cycle if the host never looks again.
    links: Vec<Weak<Link>>,
    /// The next look is at all sessions.
    all: bool,
    /// The host is in its wait of a moment and will look after it.
    awaited: bool,
}

/// The sessions of one look.
pub(super) struct Due {
    pub(super) links: Vec<Arc<Link>>,
    pub(super) all: bool,
}

impl Held {
    /// How long output waits at most on an idle machine: too short to notice, and long enough for one look to serve
    /// many sessions and commands.
    pub(super) const MOMENT: Duration = Duration::from_millis(1);

    /// Notes a session. Returns whether the host has to be woken, which it need not when a look is already due.
    pub(super) fn note(&self, link: &Arc<Link>) -> bool {
        let mut state = lock(&self.0);
        state.links.push(Arc::downgrade(link));
        !std::mem::replace(&mut state.awaited, true)
    }

    /// Notes all sessions of the host. Returns the same.
    pub(super) fn note_all(&self) -> bool {
        let mut state = lock(&self.0);
        state.all = true;
        !std::mem::replace(&mut state.awaited, true)
    }

    /// How long to wait before the next look, if one is due.
    pub(super) fn wait(&self) -> Option<Duration> {
        lock(&self.0).awaited.then_some(Held::MOMENT)
    }

    /// Takes the sessions to look at.
    pub(super) fn take(&self) -> Due {
        let mut state = lock(&self.0);
        let (links, all) = (std::mem::take(&mut state.links), std::mem::take(&mut state.all));
        // While there is work, more will probably follow: another look is due, so that senders need not wake the host.
        state.awaited = all || !links.is_empty();
        drop(state);
        Due { links: links.iter().filter_map(Weak::upgrade).collect(), all }
    }
}
