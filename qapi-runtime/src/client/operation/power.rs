//! Stopping, continuing and ending a machine.

use super::asking::Asking;
use super::steps::{Began, Failure, Question, Steps};
use super::{Operation, OperationErrorKind, sealed};
use crate::Any;
use crate::client::{CommandError, CommandErrorKind, Gone, RawEvent, Request};
use std::fmt;

#[cfg(test)]
mod tests;

/// What happens to the machine: from the command until the machine has changed.
///
/// The outcome is the last state of the machine that was seen: a machine that has stopped or continued may have changed
/// since. When the limit has passed, the command still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Power {
    /// `stop`, until the machine does not run.
    Stop,
    /// `cont`, until the machine runs, or sleeps if the guest was asleep.
    Cont,
    /// `system_powerdown`, until the guest has shut down: the server has ended, or, with `-no-shutdown`, the machine has
    /// the state `shutdown`. A guest may ignore it.
    Powerdown,
    /// `quit`, until the server has ended.
    ///
    /// The end of the connection counts: the process closes it and exits. Wait for the process as well, if it is yours.
    Quit,
}

impl Power {
    const fn command(self) -> &'static str {
        match self {
            Power::Stop => "stop",
            Power::Cont => "cont",
            Power::Powerdown => "system_powerdown",
            Power::Quit => "quit",
        }
    }

    /// Whether the machine has changed when it is in this state.
    fn is_reached(self, running: bool, status: &str) -> bool {
        match self {
            Power::Stop => !running,
            Power::Cont => running || status == "suspended",
            Power::Powerdown => status == "shutdown",
            Power::Quit => false,
        }
    }
}

impl sealed::Operation for Power {}

impl<S> Operation<S> for Power {
    type Steps = PowerSteps;

    fn begin(self) -> Began<PowerSteps> {
        let command = self.command();
        Began {
            steps: PowerSteps::new(self),
            command: Some((command.into(), Request::raw(command, &Any::Null))),
        }
    }
}

/// The state of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PowerState {
    /// The machine is there, in this state: `running`, `paused`, `shutdown`, ...
    Is(String),
    /// The guest or the server shuts down, for this reason.
    ShutsDown(String),
    /// The server has ended.
    Ended,
}

impl fmt::Display for PowerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PowerState::Is(status) => f.write_str(status),
            PowerState::ShutsDown(reason) => write!(f, "it shuts down ({reason})"),
            PowerState::Ended => f.write_str("it has ended"),
        }
    }
}

/// The wait for a [`Power`].
#[derive(Debug)]
pub struct PowerSteps {
    power: Power,
    asking: Asking,
    news: Option<PowerState>,
    outcome: Option<PowerState>,
}

impl PowerSteps {
    const fn new(power: Power) -> PowerSteps {
        PowerSteps { power, asking: Asking::new(), news: None, outcome: None }
    }

    const fn ends_the_server(&self) -> bool {
        matches!(self.power, Power::Powerdown | Power::Quit)
    }
}

impl sealed::Steps for PowerSteps {}

impl Steps for PowerSteps {
    type Progress = PowerState;
    type Outcome = PowerState;

    fn what(&self) -> String {
        self.power.command().to_owned()
    }

    fn needs(&self) -> Vec<&str> {
        if self.power == Power::Quit { Vec::new() } else { vec!["query-status"] }
    }

    fn report(&mut self) -> Option<PowerState> {
        self.news.take()
    }

    fn outcome(&self) -> Option<Result<PowerState, Failure>> {
        self.outcome.clone().map(Ok)
    }

    fn question(&mut self) -> Option<Question> {
        // After `quit` the server reads no further command.
        let asks = self.power != Power::Quit && self.asking.ask();
        asks.then(|| Question::new("query-status", &Any::Null))
    }

    fn reply(&mut self, reply: Result<Any, CommandError>) -> Result<(), OperationErrorKind> {
        const MALFORMED: OperationErrorKind = OperationErrorKind::Reply("query-status");
        let info = reply.map_err(OperationErrorKind::command)?;
        let running = info["running"].as_bool().ok_or(MALFORMED)?;
        let status = info["status"].as_str().ok_or(MALFORMED)?;
        self.asking.answered();
        let state = PowerState::Is(status.to_owned());
        if self.power.is_reached(running, status) {
            self.outcome = Some(state.clone());
        }
        self.news = Some(state);
        Ok(())
    }

    fn event(&mut self, event: &RawEvent<'_>) {
        match &*event.name {
            "STOP" | "RESUME" | "SUSPEND" | "WAKEUP" => self.asking.again(),
            "SHUTDOWN" => {
                let reason = event.data.get("reason").and_then(|reason| reason.as_str());
                self.news = Some(PowerState::ShutsDown(reason.unwrap_or("no reason given").to_owned()));
                self.asking.again();
            }
            _ => {}
        }
    }

    fn look_again(&mut self) {
        self.asking.again();
    }

    fn started(&mut self, reply: Result<Any, CommandError>) -> Result<(), CommandError> {
        match reply {
            // The server may end before the reply is read.
            Err(CommandError { kind: CommandErrorKind::Gone { sent: true, ref reason }, .. })
                if self.ended(reason) =>
            {
                Ok(())
            }
            reply => reply.map(drop),
        }
    }

    fn ended(&mut self, reason: &Gone) -> bool {
        let is_end = self.ends_the_server() && reason.is_by_server();
        if is_end {
            self.outcome = Some(PowerState::Ended);
            self.news = Some(PowerState::Ended);
        }
        is_end
    }
}
