//! A job of the block layer or another one, until it has concluded.

use super::asking::Asking;
use super::steps::{Began, Failure, Question, Steps};
use super::{Operation, OperationErrorKind, Start, sealed};
use crate::Any;
use crate::client::{CommandError, CommandErrorKind, RawEvent};
use serde_json::json;
use std::fmt;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// How often the progress is asked for.
const PAUSE: Duration = Duration::from_millis(250);

/// A job, such as a backup: from the command that starts it until it has concluded and is dismissed.
///
/// A job that dismisses itself (`auto-dismiss`, the default of the block layer) is taken by its BLOCK_JOB_COMPLETED, so
/// `"auto-dismiss": false` is not needed. A job that waits for `job-complete` (status `ready`) or `job-finalize` (status
/// `pending`) is reported as such, and continues when you or another client sends it.
///
/// It fails with [`OperationErrorKind::Failed`], which has the job's error, also when the job was cancelled. When the limit
/// has passed, the job runs on, and is not dismissed.
#[derive(Clone, Debug)]
pub struct Job<C> {
    id: String,
    command: C,
}

impl<C> Job<C> {
    /// The job of this id, which `command` starts.
    #[must_use]
    pub fn new(id: impl Into<String>, command: C) -> Job<C> {
        Job { id: id.into(), command }
    }
}

impl<C> sealed::Operation for Job<C> {}

impl<S, C: Start<S>> Operation<S> for Job<C> {
    type Steps = JobSteps;

    fn begin(self) -> Began<JobSteps> {
        Began { steps: JobSteps::new(self.id), command: Some(self.command.request()) }
    }
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobProgress {
    /// The status, such as `running`, `ready` or `pending`.
    pub status: String,
    /// How much is done. Its unit is the job's.
    pub current: u64,
    /// How much there is to do. It may grow.
    pub total: u64,
}

impl fmt::Display for JobProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} of {}", self.status, self.current, self.total)
    }
}

/// The wait for a [`Job`].
#[derive(Debug)]
pub struct JobSteps {
    id: String,
    asking: Asking,
    seen: Option<JobProgress>,
    report: bool,
    /// The job's error, if it has concluded.
    concluded: Option<Result<(), String>>,
    /// The last event of a job that dismisses itself.
    told: Option<Result<(), String>>,
    refused_dismiss: bool,
    done: bool,
}

impl JobSteps {
    fn new(id: String) -> JobSteps {
        JobSteps {
            id,
            asking: Asking::new(),
            seen: None,
            report: false,
            concluded: None,
            told: None,
            refused_dismiss: false,
            done: false,
        }
    }

    fn jobs(&mut self, reply: &Any) -> Result<(), OperationErrorKind> {
        const MALFORMED: OperationErrorKind = OperationErrorKind::Reply("query-jobs");
        let jobs = reply.as_array().ok_or(MALFORMED)?;
        let Some(job) = jobs.iter().find(|job| job["id"] == self.id.as_str()) else {
            // It has dismissed itself, or another client has dismissed it.
            let end = self.told.take().or(self.concluded.take());
            let unknown = || Err("it is gone, and its last event was not seen".into());
            self.concluded = Some(end.unwrap_or_else(unknown));
            self.done = true;
            return Ok(());
        };
        let status = job["status"].as_str().ok_or(MALFORMED)?;
        let number = |name: &str| job[name].as_u64().unwrap_or_default();
        let (current, total) = (number("current-progress"), number("total-progress"));
        let progress = Some(JobProgress { status: status.to_owned(), current, total });
        self.report |= self.seen != progress;
        self.seen = progress;
        if status == "concluded" {
            self.concluded = Some(job["error"].as_str().map_or(Ok(()), |error| Err(error.to_owned())));
        }
        Ok(())
    }

    fn dismissed(&mut self, reply: Result<Any, CommandError>) -> Result<(), OperationErrorKind> {
        match reply {
            Ok(_) => self.done = true,
            // An earlier call, which was abandoned, or another client may have dismissed it: the list of jobs says so.
            Err(CommandError { kind: CommandErrorKind::Refused(_), .. }) if !self.refused_dismiss => {
                self.refused_dismiss = true;
                self.told = self.concluded.take();
                self.asking.again();
            }
            Err(error) => return Err(OperationErrorKind::command(error)),
        }
        Ok(())
    }
}

impl sealed::Steps for JobSteps {}

impl Steps for JobSteps {
    type Progress = JobProgress;
    type Outcome = ();

    // The progress is in no event.
    fn pause(&mut self) -> Option<Duration> {
        Some(PAUSE)
    }

    fn what(&self) -> String {
        format!("job {}", self.id)
    }

    fn needs(&self) -> Vec<&str> {
        vec!["query-jobs"]
    }

    fn report(&mut self) -> Option<JobProgress> {
        self.seen.clone().filter(|_| std::mem::take(&mut self.report))
    }

    fn outcome(&self) -> Option<Result<(), Failure>> {
        let concluded = self.concluded.clone().filter(|_| self.done);
        concluded.map(|result| result.map_err(Failure::Failed))
    }

    fn question(&mut self) -> Option<Question> {
        if self.concluded.is_some() {
            return Some(Question::new("job-dismiss", &json!({ "id": self.id })));
        }
        self.asking.ask().then(|| Question::new("query-jobs", &Any::Null))
    }

    fn event(&mut self, event: &RawEvent<'_>) {
        let is = |member, value: &str| event.data.get(member).and_then(|is| is.as_str()) == Some(value);
        match &*event.name {
            "JOB_STATUS_CHANGE" if is("id", &self.id) => {
                if is("status", "created") {
                    // What was told before is about an earlier job of this id.
                    self.told = None;
                }
                self.asking.again();
            }
            "BLOCK_JOB_COMPLETED" if is("device", &self.id) => {
                let error = event.data.get("error").and_then(|error| error.as_str());
                self.told = Some(error.map_or(Ok(()), |error| Err(error.to_owned())));
            }
            "BLOCK_JOB_CANCELLED" if is("device", &self.id) => {
                self.told = Some(Err("it was cancelled".into()));
            }
            _ => {}
        }
    }

    fn reply(&mut self, reply: Result<Any, CommandError>) -> Result<(), OperationErrorKind> {
        if self.concluded.is_some() {
            return self.dismissed(reply);
        }
        self.jobs(&reply.map_err(OperationErrorKind::command)?)?;
        self.asking.answered();
        Ok(())
    }

    fn look_again(&mut self) {
        self.asking.again();
    }
}
