//! The command line, in QEMU's form: long options with one dash or two.
//!
//! [`parse`] has no side effects: it opens nothing, and starts nothing.

mod action;
mod help;

use std::fmt;

use qapi_runtime::keyval;
use qapi_runtime::policy::Policy;

use crate::actions::Actions;
use crate::address::{Address, Source};
use crate::qapi::command::SetAction;
use crate::qapi::{PanicAction, RebootAction, ShutdownAction};

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Request {
    /// Run a machine.
    Run(Options),
    /// Print a text and end.
    Print {
        /// The text.
        text: String,
        /// The exit status.
        status: u8,
    },
}

/// How to run a machine.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// The actions on events that the guest causes.
    pub(crate) actions: Actions,
    /// `-compat`: the policy for deprecated and unstable parts of the interface.
    pub(crate) compat: Policy,
    /// Where clients connect.
    pub(crate) monitors: Vec<Endpoint<Address>>,
    /// Where the guest's script comes from.
    pub(crate) guest: Option<Endpoint<Source>>,
    /// `-S`: wait for `cont`.
    pub(crate) stopped: bool,
    /// `--preconfig`: wait to be configured.
    pub(crate) preconfig: bool,
}

/// An address and the option that named it.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint<A> {
    /// The option as it was given, for messages.
    pub(crate) option: String,
    /// The address.
    pub(crate) address: A,
}

/// An error in the command line.
#[derive(Debug)]
pub(crate) struct BadOption {
    option: String,
    problem: String,
}

impl fmt::Display for BadOption {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.option, self.problem)
    }
}

impl std::error::Error for BadOption {}

impl BadOption {
    /// An error in `option`, described by `problem`.
    pub(crate) fn new(option: impl Into<String>, problem: impl fmt::Display) -> Self {
        Self { option: option.into(), problem: problem.to_string() }
    }
}

/// Parses the arguments that follow the program's name.
pub(crate) fn parse(args: impl IntoIterator<Item = String>) -> Result<Request, BadOption> {
    let mut args = args.into_iter();
    let mut options = Options::default();
    while let Some(arg) = args.next() {
        let name = arg.strip_prefix("--").or_else(|| arg.strip_prefix('-')).unwrap_or("");
        let mut value = || args.next().ok_or_else(|| BadOption::new(&arg, "requires an argument"));
        match name {
            "action" => {
                let text = value()?;
                if keyval::wants_help(&text) {
                    return Ok(Request::Print { text: help::actions(), status: 1 });
                }
                options.set_actions(&arg, &text)?;
            }
            "watchdog-action" => options.set_watchdog_action(&arg, &value()?)?,
            "no-shutdown" => options
                .actions
                .update(&SetAction::default().panic(PanicAction::Pause).shutdown(ShutdownAction::Pause)),
            "no-reboot" => options.actions.update(&SetAction::default().reboot(RebootAction::Shutdown)),
            "compat" => options.set_compat(&arg, &value()?)?,
            "S" => options.stopped = true,
            "preconfig" => options.preconfig = true,
            "qmp" => options.add_monitor(&arg, &value()?)?,
            "guest" => options.set_guest(&arg, &value()?)?,
            "h" | "help" => return Ok(Request::Print { text: help::text(), status: 0 }),
            _ => return Err(BadOption::new(&arg, "invalid option, -h lists the valid ones")),
        }
    }
    check_stdio(&options)?;
    Ok(Request::Run(options))
}

/// The options that have a value. `arg` is the option as it was given.
impl Options {
    fn set_actions(&mut self, arg: &str, value: &str) -> Result<(), BadOption> {
        let actions = action::decode(value).map_err(|problem| invalid(arg, value, problem))?;
        self.actions.update(&actions);
        Ok(())
    }

    fn set_watchdog_action(&mut self, arg: &str, value: &str) -> Result<(), BadOption> {
        // An unescaped comma would end the value.
        let pair = format!("watchdog={}", value.replace(',', ",,"));
        let actions = action::decode(&pair).map_err(|problem| invalid(arg, value, problem))?;
        self.actions.update(&actions);
        Ok(())
    }

    /// Unlike actions, policies do not add up: each replaces the one before it, as in QEMU.
    fn set_compat(&mut self, arg: &str, value: &str) -> Result<(), BadOption> {
        self.compat = Policy::from_option(value).map_err(|problem| invalid(arg, value, problem))?;
        Ok(())
    }

    fn add_monitor(&mut self, arg: &str, dev: &str) -> Result<(), BadOption> {
        let address = Address::of_monitor(dev).map_err(|problem| invalid(arg, dev, problem))?;
        self.monitors.push(Endpoint { option: format!("{arg} {dev}"), address });
        Ok(())
    }

    fn set_guest(&mut self, arg: &str, dev: &str) -> Result<(), BadOption> {
        let address = Source::of_guest(dev).map_err(|problem| invalid(arg, dev, problem))?;
        let endpoint = Endpoint { option: format!("{arg} {dev}"), address };
        match self.guest.replace(endpoint) {
            None => Ok(()),
            Some(first) => {
                let problem = format!("there is one guest, and '{}' came first", first.option);
                Err(invalid(arg, dev, problem))
            }
        }
    }
}

fn invalid(arg: &str, value: &str, problem: impl fmt::Display) -> BadOption {
    BadOption::new(format!("{arg} {value}"), problem)
}

/// Two readers would each get an unpredictable part of standard input.
fn check_stdio(options: &Options) -> Result<(), BadOption> {
    let monitors = options.monitors.iter().filter(|endpoint| endpoint.address == Address::Stdio);
    let guests = options.guest.iter().filter(|endpoint| endpoint.address == Source::Peer(Address::Stdio));
    let mut users = monitors.map(|endpoint| &endpoint.option).chain(guests.map(|endpoint| &endpoint.option));
    match users.nth(1) {
        Some(second) => Err(BadOption::new(second, "standard input is in use by another option")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
