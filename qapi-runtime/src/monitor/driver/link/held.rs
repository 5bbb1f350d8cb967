//! The sessions that need a look soon, but not at once.
//!
//! Replies to commands that came together wait for each other, and so do the events that a handler sends while all
//! sessions are busy. When a handler takes its time, they must not wait for it: a host looks at these sessions a
//! moment later and writes what they have.

use super::Link;
use crate::sync::{Mutex, lock};
use std::sync::{Arc, Weak};
#[cfg(any(shuttle, all(unix, feature = "transport")))]
use std::time::Duration;

/// What waits for a host's next look.
#[derive(Default)]
pub(super) struct Held(Mutex<State>);

#[derive(Default)]
struct State {
    /// Weak: a host that no one serves any more looks at nothing, and a link keeps its host.
    links: Vec<Weak<Link>>,
    /// All sessions are to be looked at.
    all: bool,
    /// The host waits for a moment and then looks.
    awaited: bool,
}

/// What a host finds when it looks.
#[cfg(any(shuttle, all(unix, feature = "transport")))]
pub(super) struct Due {
    pub(super) links: Vec<Arc<Link>>,
    pub(super) all: bool,
}

impl Held {
    /// How long output waits at most, give or take how busy the machine is: less than anyone notices, and long enough for
    /// one look to serve many sessions and commands.
    #[cfg(any(shuttle, all(unix, feature = "transport")))]
    pub(super) const MOMENT: Duration = Duration::from_millis(1);

    /// Notes a session. Returns whether the host has to be woken, since it does not wait for a moment yet.
    pub(super) fn note(&self, link: &Arc<Link>) -> bool {
        let mut state = lock(&self.0);
        state.links.push(Arc::downgrade(link));
        !std::mem::replace(&mut state.awaited, true)
    }

    /// Notes all sessions of the host; returns the same.
    pub(super) fn note_all(&self) -> bool {
        let mut state = lock(&self.0);
        state.all = true;
        !std::mem::replace(&mut state.awaited, true)
    }

    /// How long to wait before the next look, if there is to be one.
    #[cfg(any(shuttle, all(unix, feature = "transport")))]
    pub(super) fn wait(&self) -> Option<Duration> {
        lock(&self.0).awaited.then_some(Held::MOMENT)
    }

    /// What there is to look at.
    #[cfg(any(shuttle, all(unix, feature = "transport")))]
    pub(super) fn take(&self) -> Due {
        let mut state = lock(&self.0);
        let (links, all) = (std::mem::take(&mut state.links), std::mem::take(&mut state.all));
        // As long as there is anything, more will probably come: then the host is not woken for each.
        state.awaited = all || !links.is_empty();
        drop(state);
        Due { links: links.iter().filter_map(Weak::upgrade).collect(), all }
    }
}
