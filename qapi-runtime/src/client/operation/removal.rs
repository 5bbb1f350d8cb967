//! Removing what was added for a device.

use super::steps::Question;
use crate::client::{CommandError, Request};
use crate::{Any, Error, Result as EncodeResult};
use serde_json::json;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// How long to wait before a refused removal is tried again. QEMU releases the backend of a device a moment after the
/// device is gone.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// How many refusals of all removals together may pass. So the wait is short even if the server refuses each of them, as one
/// does that was started again in the meantime.
const TRIES: u32 = 40;

/// A command that adds something, and the command that removes it again.
struct Rule {
    adds: &'static str,
    /// The member of the arguments that names what is added.
    name: &'static str,
    removes: &'static str,
    /// The member of the reply that the removal needs, too.
    told: Option<&'static str>,
    /// The server refuses the removal only where there is nothing to remove.
    refused_if_gone: bool,
}

const RULES: [Rule; 7] = [
    // The set may have descriptors that others have added.
    Rule { told: Some("fd"), refused_if_gone: true, ..rule("add-fd", "fdset-id", "remove-fd") },
    rule("blockdev-add", "node-name", "blockdev-del"),
    rule("chardev-add", "id", "chardev-remove"),
    rule("device_add", "id", "device_del"),
    // A backend that takes the descriptor removes its name.
    Rule { refused_if_gone: true, ..rule("getfd", "fdname", "closefd") },
    rule("netdev_add", "id", "netdev_del"),
    rule("object-add", "id", "object-del"),
];

const fn rule(adds: &'static str, name: &'static str, removes: &'static str) -> Rule {
    Rule { adds, name, removes, told: None, refused_if_gone: false }
}

/// The command that removes something again.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Removal {
    command: Cow<'static, str>,
    arguments: Any,
    /// What is removed, as the server names it.
    name: String,
    told: Option<&'static str>,
    refused_if_gone: bool,
}

impl Removal {
    /// The removal of what this request adds.
    pub(super) fn of(request: &Request) -> EncodeResult<Removal> {
        let adds = request.name();
        let Some(rule) = RULES.iter().find(|rule| rule.adds == adds) else {
            return Err(Error::generic(format!("no command is known that undoes '{adds}'")));
        };
        let arguments: Any = serde_json::from_slice(&request.arguments).unwrap_or_default();
        match arguments.get(rule.name) {
            None => Err(Error::generic(format!("without '{}' it cannot be undone", rule.name))),
            Some(name) => Ok(Removal {
                command: rule.removes.into(),
                arguments: json!({ rule.name: name }),
                name: text(name),
                told: rule.told,
                refused_if_gone: rule.refused_if_gone,
            }),
        }
    }

    /// A removal by a command that the caller knows.
    pub(super) fn by(command: String, arguments: Any) -> Removal {
        let names = arguments.as_object().into_iter().flat_map(|members| members.values());
        let name = names.map(text).collect::<Vec<_>>().join(" ");
        Removal { command: command.into(), arguments, name, told: None, refused_if_gone: false }
    }

    /// The command's name.
    pub(super) fn command(&self) -> &str {
        &self.command
    }

    /// What this removes, as the server names it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Takes the reply to the command that has added it.
    pub(super) fn told(mut self, reply: &Any) -> Removal {
        if let Some(member) = self.told {
            self.arguments[member] = reply[member].clone();
        }
        self
    }

    fn question(&self) -> Question {
        let mut question = Question::new(self.command.clone(), &self.arguments);
        // Without the member, the server would remove what others have added, too.
        if let Some(member) = self.told.filter(|member| self.arguments[member].is_null()) {
            let text = format!("no reply has told the '{member}' to remove");
            question.request = Err(Error::generic(text));
        }
        question
    }
}

impl fmt::Display for Removal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.command, self.name)
    }
}

/// A string without its quotes, anything else as JSON.
fn text(value: &Any) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Removals, the last one first. A refused one is tried again, all together for a while.
#[derive(Debug, Default)]
pub(super) struct Removals {
    rest: Vec<Removal>,
    refused: u32,
    /// The next one was refused, and the pause is not over.
    waits: bool,
    is_late: bool,
    left: Vec<(Removal, CommandError)>,
}

impl Removals {
    pub(super) fn new(rest: Vec<Removal>) -> Removals {
        Removals { rest, ..Removals::default() }
    }

    /// What is to be removed, the next one first.
    pub(super) fn rest(&self) -> impl Iterator<Item = &Removal> {
        self.rest.iter().rev()
    }

    /// Whether nothing is left to try.
    pub(super) fn is_over(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn question(&self) -> Option<Question> {
        let next = self.rest.last().filter(|_| !self.waits)?;
        Some(next.question())
    }

    /// Takes the reply to the question. Returns what is removed now.
    pub(super) fn reply(&mut self, reply: Result<Any, CommandError>) -> Option<Removal> {
        let next = self.rest.pop()?;
        let error = match reply {
            Ok(_) => return Some(next),
            Err(error) => error,
        };
        let is_refused = error.refusal().is_some();
        if is_refused && next.refused_if_gone {
            return Some(next);
        }
        self.refused += u32::from(is_refused);
        if is_refused && self.refused < TRIES && !self.is_late {
            self.rest.push(next);
            self.waits = true;
        } else {
            self.left.push((next, error));
        }
        None
    }

    /// The pause is over.
    pub(super) fn retry(&mut self) {
        self.waits = false;
    }

    /// The limit has passed: each is tried once more.
    pub(super) fn late(&mut self) {
        self.waits = false;
        self.is_late = true;
    }

    /// What could not be removed, and why.
    pub(super) fn left(&self) -> &[(Removal, CommandError)] {
        &self.left
    }

    /// The first error, if something could not be removed.
    pub(super) fn take_error(&mut self) -> Option<CommandError> {
        (!self.left.is_empty()).then(|| self.left.remove(0).1)
    }
}
