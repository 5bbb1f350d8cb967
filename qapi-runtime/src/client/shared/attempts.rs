//! Connecting again: after a session that an earlier client has spoilt, and until a server listens.

use crate::client::pause::Pauses;
use crate::client::{ConnectErrorKind, GoneReason, Options};
use std::io;
use std::time::{Duration, Instant};

/// The pauses before connecting again.
const PAUSES: Pauses = Pauses::new(Duration::from_millis(2), 2, Duration::from_millis(200));

/// The attempts to connect, within one limit.
pub(in crate::client) struct Attempts {
    limit: Option<Duration>,
    deadline: Option<Instant>,
    waits_for_server: bool,
    pauses: Pauses,
}

impl Attempts {
    pub(in crate::client) fn new(options: &Options) -> Attempts {
        let limit = options.connect_timeout;
        // A limit beyond the clock's range is none.
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        Attempts { limit, deadline, waits_for_server: options.wait_for_server, pauses: PAUSES }
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
        let pause = self.pauses.take();
        let is_late = self.left().is_some_and(|left| left <= pause);
        match error {
            error if !is_late && self.may_pass(&error) => {
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

    /// Whether another attempt may succeed.
    fn may_pass(&self, error: &ConnectErrorKind) -> bool {
        is_spoilt(error) || is_busy(error) || self.waits_for_server && is_absent(error)
    }
}

/// Whether an earlier client may be the reason. No command of ours was sent in such a session.
fn is_spoilt(error: &ConnectErrorKind) -> bool {
    let ConnectErrorKind::Gone(reason) = error else { return false };
    matches!(reason.reason(), GoneReason::Closed | GoneReason::AlreadyNegotiated)
}

/// Whether no server listens: there is no socket yet, or that of a server that has ended.
fn is_absent(error: &ConnectErrorKind) -> bool {
    let ConnectErrorKind::Io(error) = error else { return false };
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

/// Whether so many clients wait that the kernel lets no further one wait.
fn is_busy(error: &ConnectErrorKind) -> bool {
    matches!(error, ConnectErrorKind::Io(error) if error.kind() == io::ErrorKind::WouldBlock)
}
