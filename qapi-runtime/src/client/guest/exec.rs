//! A program of the guest, run to its end.

use super::base64;
use super::file::number;
use crate::Any;
use crate::client::operation::{
    Asking, Began, Failure, Operation, OperationErrorKind, Question, Steps, sealed,
};
use crate::client::pause::Pauses;
use crate::client::{CommandError, RawEvent, Request};
use serde_json::json;
use std::fmt;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// How often the agent is asked whether the program has ended: often at first, for those that end at once.
const PAUSES: Pauses = Pauses::new(Duration::from_millis(10), 2, Duration::from_secs(1));

/// How much of a stream the agent keeps. That of QEMU 10.0.2 does not say so when there was more.
const KEPT: usize = 16 * 1024 * 1024;

/// Runs a program in the guest, without a shell, until it has ended. Its outcome is [`Exited`].
///
/// It fails with [`OperationErrorKind::Command`] if the agent cannot start the program. A program that exits with an
/// error has run to its end: see [`Exited::success`].
#[derive(Clone, Debug)]
pub struct Exec {
    path: String,
    arguments: Vec<String>,
    environment: Vec<String>,
    input: Option<Vec<u8>>,
}

impl Exec {
    /// Runs the program at `path` in the guest.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Exec {
        Exec { path: path.into(), arguments: Vec::new(), environment: Vec::new(), input: None }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Exec {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<T: Into<String>>(mut self, arguments: impl IntoIterator<Item = T>) -> Exec {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Adds an environment variable. The program has only those that were added, or the agent's if none was.
    #[must_use]
    pub fn env(mut self, name: impl fmt::Display, value: impl fmt::Display) -> Exec {
        self.environment.push(format!("{name}={value}"));
        self
    }

    /// Sets what the program reads from its standard input. It is empty otherwise.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Exec {
        self.input = Some(bytes.into());
        self
    }

    fn request(&self) -> Any {
        let mut arguments = json!({ "path": self.path, "arg": self.arguments, "capture-output": true });
        if !self.environment.is_empty() {
            arguments["env"] = json!(self.environment);
        }
        if let Some(input) = &self.input {
            arguments["input-data"] = json!(base64::encode(input));
        }
        arguments
    }
}

impl sealed::Operation for Exec {}

impl<S> Operation<S> for Exec {
    type Steps = ExecSteps;

    fn begin(self) -> Began<ExecSteps> {
        let request = Request::raw("guest-exec", &self.request());
        Began { steps: ExecSteps::new(self.path), command: Some(("guest-exec".to_owned(), request)) }
    }
}

/// How a program has ended, and what it wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exited {
    /// The exit code, if it exited.
    pub code: Option<i64>,
    /// The signal that ended it, or on Windows the code of the exception.
    pub signal: Option<i64>,
    /// What it wrote to its standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to its standard error.
    pub stderr: Vec<u8>,
    /// The agent kept only the first part of the standard output: QEMU's keeps 16 MiB. Some versions do not tell it, so
    /// an output of that size counts as truncated.
    pub stdout_truncated: bool,
    /// The same for the standard error.
    pub stderr_truncated: bool,
}

impl Exited {
    /// Whether it exited with code 0.
    #[must_use]
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    fn read(status: &Any) -> Option<Exited> {
        let bytes = |name: &str| status[name].as_str().map_or(Some(Vec::new()), base64::decode);
        let is = |name: &str| status[name].as_bool().unwrap_or_default();
        let (stdout, stderr) = (bytes("out-data")?, bytes("err-data")?);
        Some(Exited {
            code: status["exitcode"].as_i64(),
            signal: status["signal"].as_i64(),
            stdout_truncated: is("out-truncated") || stdout.len() >= KEPT,
            stderr_truncated: is("err-truncated") || stderr.len() >= KEPT,
            stdout,
            stderr,
        })
    }
}

/// A program that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExecProgress {
    /// Its process number in the guest.
    pub pid: i64,
}

impl fmt::Display for ExecProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it runs as process {}", self.pid)
    }
}

/// The wait for an [`Exec`].
#[derive(Debug)]
pub struct ExecSteps {
    path: String,
    pid: i64,
    asking: Asking,
    pauses: Pauses,
    report: bool,
    exited: Option<Exited>,
}

impl ExecSteps {
    fn new(path: String) -> ExecSteps {
        ExecSteps { path, pid: 0, asking: Asking::new(), pauses: PAUSES, report: false, exited: None }
    }
}

impl sealed::Steps for ExecSteps {}

impl Steps for ExecSteps {
    type Progress = ExecProgress;
    type Outcome = Exited;

    fn what(&self) -> String {
        format!("running {}", self.path)
    }

    fn needs(&self) -> Vec<&str> {
        vec!["guest-exec-status"]
    }

    fn report(&mut self) -> Option<ExecProgress> {
        std::mem::take(&mut self.report).then_some(ExecProgress { pid: self.pid })
    }

    fn outcome(&self) -> Option<Result<Exited, Failure>> {
        self.exited.clone().map(Ok)
    }

    fn pause(&mut self) -> Option<Duration> {
        Some(self.pauses.take())
    }

    fn question(&mut self) -> Option<Question> {
        let arguments = json!({ "pid": self.pid });
        self.asking.ask().then(|| Question::new("guest-exec-status", &arguments))
    }

    fn reply(&mut self, reply: Result<Any, CommandError>) -> Result<(), OperationErrorKind> {
        const MALFORMED: OperationErrorKind = OperationErrorKind::Reply("guest-exec-status");
        let status = reply.map_err(OperationErrorKind::command)?;
        self.asking.answered();
        if status["exited"].as_bool().ok_or(MALFORMED)? {
            self.exited = Some(Exited::read(&status).ok_or(MALFORMED)?);
        }
        Ok(())
    }

    fn event(&mut self, _event: &RawEvent<'_>) {}

    fn look_again(&mut self) {
        self.asking.again();
    }

    fn started(&mut self, reply: Result<Any, CommandError>) -> Result<(), CommandError> {
        self.pid = number(&reply?["pid"], "guest-exec")?;
        self.report = true;
        Ok(())
    }
}
