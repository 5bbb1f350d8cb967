//! The thread that shuts the monitor down: what `Monitor::shutdown` does, a step at a time.

use super::world::World;
use crate::monitor::driver::Link;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a client is waited for that takes nothing.
const STALLED: Duration = Duration::from_millis(500);

/// How far a shutdown is.
pub(super) struct Closer {
    /// Until when it waits.
    until: Duration,
    stage: Stage,
    /// How much each session had to say, and since when it got no less.
    backlogs: BTreeMap<u64, (usize, Duration)>,
}

enum Stage {
    /// Waits for commands that run.
    Answers,
    /// Tells these sessions.
    Tells(Vec<Arc<Link>>),
    /// Waits for sessions to end.
    Writes,
}

impl World {
    /// Shuts down, with so much patience.
    pub(super) fn shut_down(&self, limit: Duration) {
        self.inner.work.close(Instant::now());
        let until = self.clock.monotonic() + limit;
        let closer = Closer { until, stage: Stage::Answers, backlogs: BTreeMap::new() };
        self.closer.replace(Some(closer));
    }

    pub(super) fn closer_can_proceed(&self) -> bool {
        let mut closer = self.closer.borrow_mut();
        let Some(closer) = &mut *closer else { return false };
        let now = self.clock.monotonic();
        match &closer.stage {
            Stage::Answers => now >= closer.until || self.inner.work.close(Instant::now()),
            Stage::Tells(_) => true,
            Stage::Writes => {
                let sessions = self.sessions();
                sessions.iter().any(|link| closer.gives_up(link, now))
            }
        }
    }

    pub(super) fn step_closer(&self) {
        let Some(mut closer) = self.closer.take() else { return };
        let stage = std::mem::replace(&mut closer.stage, Stage::Writes);
        let mut told = None;
        closer.stage = match stage {
            Stage::Answers => Stage::Tells(self.sessions()),
            Stage::Tells(mut left) => {
                told = left.pop();
                if left.is_empty() { Stage::Writes } else { Stage::Tells(left) }
            }
            Stage::Writes => Stage::Writes,
        };
        let now = self.clock.monotonic();
        let mut expelled = Vec::new();
        if let Stage::Writes = closer.stage {
            expelled.extend(self.sessions().into_iter().filter(|link| closer.gives_up(link, now)));
        }
        // Kept while others are told, who may see that a shutdown goes on.
        self.closer.replace(Some(closer));
        if let Some(link) = told {
            link.shut_down();
        }
        for link in expelled {
            self.note_end(&link, "the shutdown had no more patience");
            link.expel();
        }
    }

    fn sessions(&self) -> Vec<Arc<Link>> {
        let clients = self.clients.borrow();
        let open = clients.iter().filter(|client| client.connection.borrow().is_some());
        open.map(|client| Arc::clone(&client.link)).collect()
    }

    /// Notes why a session ends early.
    fn note_end(&self, link: &Arc<Link>, why: &'static str) {
        if let Some(client) = self.clients.borrow().iter().find(|client| Arc::ptr_eq(&client.link, link)) {
            client.ended_by.set(Some(why));
        }
    }
}

impl Closer {
    /// Whether it does not wait for this session any more.
    fn gives_up(&mut self, link: &Link, now: Duration) -> bool {
        let (waiting, blocked) = link.backlog();
        let (least, since) = self.backlogs.entry(link.number()).or_insert((waiting, now));
        if !blocked || waiting < *least {
            (*least, *since) = (waiting, now);
        }
        let late = now >= self.until || now.saturating_sub(*since) >= STALLED;
        late && !link.audit().is_gone
    }
}
