//! Connecting again, when an earlier client has spoilt the session that was begun.

use crate::client::{ConnectErrorKind, GoneReason};
use std::io;
use std::time::{Duration, Instant};

/// The first pause before connecting again. It doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// The attempts to connect, within one limit.
pub(in crate::client) struct Attempts {
    limit: Option<Duration>,
    deadline: Option<Instant>,
    pause: Duration,
}

impl Attempts {
    pub(in crate::client) fn new(limit: Option<Duration>) -> Attempts {
        // A limit beyond the clock's range is none.
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        Attempts { limit, deadline, pause: FIRST_PAUSE }
    }

    /// How much time is left. `None` without a limit.
    pub(in crate::client) fn left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// How long to wait before the next attempt, after one that has failed.
    ///
    /// # Errors
    ///
    /// The failure, if another attempt would not help or come too late.
    pub(in crate::client) fn pause_after(
        &mut self,
        error: ConnectErrorKind,
    ) -> Result<Duration, ConnectErrorKind> {
        let pause = self.pause;
        self.pause = LONGEST_PAUSE.min(pause * 2);
        let is_late = self.left().is_some_and(|left| left <= pause);
        match error {
            error if !is_late && (is_spoilt(&error) || is_busy(&error)) => {
                tracing::debug!(?pause, reason = ?error, "connects again");
                Ok(pause)
            }
            // The caller's limit, not what was left of it.
            error if is_busy(&error) || matches!(error, ConnectErrorKind::Timeout(_)) => {
                Err(ConnectErrorKind::Timeout(self.limit.unwrap_or_default()))
            }
            error => Err(error),
        }
    }
}

/// Whether an earlier client may be the reason. No command of ours was sent in such a session.
fn is_spoilt(error: &ConnectErrorKind) -> bool {
    let ConnectErrorKind::Gone(reason) = error else { return false };
    matches!(reason.reason(), GoneReason::Closed | GoneReason::AlreadyNegotiated)
}

/// Whether so many clients wait that the kernel lets no further one wait.
fn is_busy(error: &ConnectErrorKind) -> bool {
    matches!(error, ConnectErrorKind::Io(error) if error.kind() == io::ErrorKind::WouldBlock)
}
