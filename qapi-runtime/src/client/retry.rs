//! Asking again: for commands that change nothing.

use super::pause::Pauses;
use super::{CommandErrorKind, Refusal, Request};
use crate::Error;
use crate::access::Access;
use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// When a call is repeated, and after which pauses. `Call::retry` takes it.
///
/// Only commands that ask are repeated: those whose names begin with `query-`, as in [`Access::read_only`], and those that
/// [`asking`](Retry::asking) names. Any other is refused before it is sent, with [`CommandErrorKind::MayChange`].
///
/// A call is repeated when an attempt had no reply in the time that `Call::timeout` sets for each, and when the server
/// refuses it and [`on_refusal`](Retry::on_refusal) accepts the refusal. Every other failure ends it at once, and so does
/// the end of the connection.
///
/// ```
/// use qapi_runtime::client::Retry;
/// use std::time::Duration;
///
/// // A machine that was started with -preconfig answers most questions only after `x-exit-preconfig`.
/// let retry = Retry::new(Duration::from_secs(30)).on_refusal(|refusal| refusal.desc.contains("initialization"));
/// # #[cfg(all(unix, feature = "threads"))]
/// # fn show(client: &qapi_runtime::client::blocking::Client<qapi_runtime::client::Untyped>, retry: Retry)
/// #     -> Result<(), qapi_runtime::client::CommandError> {
/// let call = client.with_timeout(Duration::from_secs(2)).retry(&retry);
/// let disks = call.execute_raw("query-block", serde_json::Value::Null)?;
/// # let _ = disks; Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Retry {
    limit: Duration,
    pauses: Pauses,
    is_passing: fn(&Refusal) -> bool,
    asking: Access,
}

impl Retry {
    /// Repeats a call for at most `limit`, which includes all attempts and pauses. The error of the last one is the
    /// call's. Pauses double from 50 milliseconds to five seconds, and no refusal is repeated.
    #[must_use]
    pub fn new(limit: Duration) -> Retry {
        let pauses = Pauses::new(Duration::from_millis(50), 2, Duration::from_secs(5));
        Retry { limit, pauses, is_passing: |_| false, asking: Access::read_only() }
    }

    /// Sets the first pause, the factor between one pause and the next, and the longest pause.
    #[must_use]
    pub fn pauses(self, first: Duration, factor: u32, longest: Duration) -> Retry {
        Retry { pauses: Pauses::new(first, factor, longest), ..self }
    }

    /// Sets which refusals pass, so that the call is repeated.
    #[must_use]
    pub fn on_refusal(self, is_passing: fn(&Refusal) -> bool) -> Retry {
        Retry { is_passing, ..self }
    }

    /// Says that these commands only ask, although their names do not begin with `query-`, such as `qom-list`.
    #[must_use]
    pub fn asking<'a>(self, names: impl IntoIterator<Item = &'a str>) -> Retry {
        Retry { asking: self.asking.with(names), ..self }
    }
}

/// The attempts of one call.
pub(super) struct Retries {
    retry: Retry,
    request: Request,
    /// The limit of each attempt.
    timeout: Option<Duration>,
    /// `None` if the limit is beyond the clock.
    deadline: Option<Instant>,
}

impl Retries {
    pub(super) fn new(
        retry: Retry,
        request: Request,
        timeout: Option<Duration>,
        now: Instant,
    ) -> Result<Retries, CommandErrorKind> {
        if !retry.asking.has_command(request.name()) {
            return Err(CommandErrorKind::MayChange);
        }
        if !request.files.is_empty() {
            let error = Error::generic("descriptors are sent once, so a call with them is not repeated");
            return Err(CommandErrorKind::Arguments(error));
        }
        let deadline = now.checked_add(retry.limit);
        Ok(Retries { retry, request, timeout, deadline })
    }

    /// What to send, and how long the attempt may take.
    pub(super) fn attempt(&self, now: Instant) -> (Request, Option<Duration>) {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(now));
        let Request { name, arguments, out_of_band, silent, .. } = &self.request;
        let (name, arguments) = (name.clone(), arguments.clone());
        let request =
            Request { name, arguments, out_of_band: *out_of_band, silent: *silent, files: Vec::new() };
        (request, [self.timeout, left].into_iter().flatten().min())
    }

    /// How long to wait before the next attempt.
    ///
    /// # Errors
    ///
    /// The failure, if another attempt would not help or come too late.
    pub(super) fn pause_after(
        &mut self,
        failure: CommandErrorKind,
        now: Instant,
    ) -> Result<Duration, CommandErrorKind> {
        let passes = match &failure {
            CommandErrorKind::Timeout(_) => true,
            CommandErrorKind::Refused(refusal) => (self.retry.is_passing)(refusal),
            _ => false,
        };
        let pause = self.retry.pauses.take();
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(now));
        if !passes || left.is_some_and(|left| left <= pause) {
            return Err(failure);
        }
        tracing::debug!(command = self.request.name(), ?pause, reason = ?failure, "asks again");
        Ok(pause)
    }
}
