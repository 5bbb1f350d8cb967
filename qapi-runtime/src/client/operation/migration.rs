//! A migration, until it has completed or failed.

use super::asking::Asking;
use super::steps::{Began, Failure, Question, Steps};
use super::{Operation, OperationErrorKind, Start, sealed};
use crate::Any;
use crate::client::{CommandError, RawEvent};
use std::fmt;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// How often the progress is asked for. MIGRATION comes only with the migration capability `events`.
const PAUSE: Duration = Duration::from_millis(100);

/// A migration: from `migrate`, or `migrate-incoming` on the other side, until it has completed.
///
/// It fails with [`OperationErrorKind::Failed`] when the migration failed or was cancelled. A postcopy that is paused waits
/// for you to recover it, and is reported as such. When the limit has passed, the migration goes on.
///
/// QEMU reports the end a moment before it has left the state `finish-migrate`, in which it refuses `cont`. The client
/// waits for that, too.
#[derive(Clone, Debug)]
pub struct Migration<C> {
    command: C,
}

impl<C> Migration<C> {
    /// The migration that `command` starts.
    #[must_use]
    pub fn new(command: C) -> Migration<C> {
        Migration { command }
    }
}

impl<C> sealed::Operation for Migration<C> {}

impl<S, C: Start<S>> Operation<S> for Migration<C> {
    type Steps = MigrationSteps;

    fn begin(self) -> Began<MigrationSteps> {
        Began { steps: MigrationSteps::new(), command: Some(self.command.request()) }
    }
}

/// How far a migration is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationProgress {
    /// The status, such as `setup`, `active`, `device` or `postcopy-paused`.
    pub status: String,
    /// How many bytes of memory were sent. On the destination 0.
    pub transferred: u64,
    /// How many bytes of memory there are to send yet. On the destination 0.
    pub remaining: u64,
    /// How many bytes of memory the machine has. On the destination 0.
    pub total: u64,
}

impl fmt::Display for MigrationProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MigrationProgress { status, transferred, remaining, total } = self;
        write!(f, "{status}, {transferred} bytes sent, {remaining} of {total} to send")
    }
}

/// The wait for a [`Migration`].
#[derive(Debug)]
pub struct MigrationSteps {
    asking: Asking,
    seen: Option<MigrationProgress>,
    report: bool,
    ended: Option<Result<(), Failure>>,
    /// The machine has left the state of a migration, too.
    finalized: bool,
}

impl MigrationSteps {
    const fn new() -> MigrationSteps {
        MigrationSteps { asking: Asking::new(), seen: None, report: false, ended: None, finalized: false }
    }

    fn migration(&mut self, info: &Any) -> Result<(), OperationErrorKind> {
        if !info.is_object() {
            return Err(OperationErrorKind::Reply("query-migrate"));
        }
        self.asking.answered();
        // Without a status no migration has been set up yet.
        let status = info["status"].as_str().unwrap_or("none");
        let number = |name: &str| info["ram"][name].as_u64().unwrap_or_default();
        let progress = Some(MigrationProgress {
            status: status.to_owned(),
            transferred: number("transferred"),
            remaining: number("remaining"),
            total: number("total"),
        });
        self.report |= self.seen != progress;
        self.seen = progress;
        self.ended = match status {
            "completed" => Some(Ok(())),
            "failed" | "cancelled" => {
                let error = info["error-desc"].as_str().unwrap_or(status);
                Some(Err(Failure::Failed(error.to_owned())))
            }
            _ => return Ok(()),
        };
        self.asking.again();
        Ok(())
    }

    fn machine(&mut self, info: &Any) -> Result<(), OperationErrorKind> {
        let status = info["status"].as_str().ok_or(OperationErrorKind::Reply("query-status"))?;
        self.asking.answered();
        self.finalized = status != "finish-migrate";
        Ok(())
    }
}

impl sealed::Steps for MigrationSteps {}

impl Steps for MigrationSteps {
    type Progress = MigrationProgress;
    type Outcome = ();

    fn pause(&mut self) -> Option<Duration> {
        Some(PAUSE)
    }

    fn what(&self) -> String {
        "migration".to_owned()
    }

    fn needs(&self) -> Vec<&str> {
        vec!["query-migrate", "query-status"]
    }

    fn report(&mut self) -> Option<MigrationProgress> {
        self.seen.clone().filter(|_| std::mem::take(&mut self.report))
    }

    fn outcome(&self) -> Option<Result<(), Failure>> {
        self.ended.clone().filter(|_| self.finalized)
    }

    fn question(&mut self) -> Option<Question> {
        let command = if self.ended.is_none() { "query-migrate" } else { "query-status" };
        self.asking.ask().then(|| Question::new(command, &Any::Null))
    }

    fn reply(&mut self, reply: Result<Any, CommandError>) -> Result<(), OperationErrorKind> {
        let reply = reply.map_err(OperationErrorKind::command)?;
        if self.ended.is_none() { self.migration(&reply) } else { self.machine(&reply) }
    }

    fn event(&mut self, event: &RawEvent<'_>) {
        if event.name == "MIGRATION" {
            self.asking.again();
        }
    }

    fn look_again(&mut self) {
        self.asking.again();
    }
}
