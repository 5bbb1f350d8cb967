//! What a client that heals does between two connections, and what it tells its subscribers.

use super::pause::Pauses;
use super::{Gone, Received};
use std::time::{Duration, Instant};

const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The pauses between two attempts.
const PAUSES: Pauses = Pauses::new(Duration::from_millis(10), 2, LONGEST_PAUSE);

/// What a subscriber of a client that heals hears.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Heard<E> {
    /// An event.
    Event(Received<E>),
    /// The connection has ended. Events from now on are missed until [`Healed`](Heard::Healed).
    Lost(Gone),
    /// There is a new connection, which has negotiated. What was known about the server may have changed, and the server
    /// may be another process: ask it again.
    Healed,
}

/// When to connect again, and when to give up. It reads no clock.
#[derive(Debug)]
pub(super) struct Pacing {
    /// How long the client may be without a connection.
    limit: Option<Duration>,
    /// Until when it may be in this outage.
    deadline: Option<Instant>,
    /// When the last connection began.
    began: Instant,
    pauses: Pauses,
}

impl Pacing {
    pub(super) fn new(limit: Option<Duration>, now: Instant) -> Pacing {
        Pacing { limit, deadline: None, began: now, pauses: PAUSES }
    }

    /// A connection was lost. Returns how long to wait before the first attempt: not at all, unless the connection was
    /// short, as those to a server that crashes at once.
    pub(super) fn lost(&mut self, now: Instant) -> Duration {
        self.deadline = self.limit.and_then(|limit| now.checked_add(limit));
        if now.saturating_duration_since(self.began) >= LONGEST_PAUSE {
            self.pauses = PAUSES;
            return Duration::ZERO;
        }
        self.pauses.take()
    }

    /// An attempt has failed. Returns how long to wait before the next one; `None` to give up.
    pub(super) fn failed(&mut self, now: Instant) -> Option<Duration> {
        let pause = self.pauses.take();
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(now));
        match left {
            Some(Duration::ZERO) => None,
            // The last attempt is at the limit.
            Some(left) => Some(pause.min(left)),
            None => Some(pause),
        }
    }

    pub(super) fn healed(&mut self, now: Instant) {
        self.began = now;
    }
}

#[cfg(test)]
mod tests;
