//! Judges whether the server takes a command with certain arguments, by the server's own description of them.
//!
//! Source: "Client JSON Protocol introspection" in the specification of the QAPI schema language. A server describes
//! members, values, branches and kinds of values, but no ranges of integers.

use super::Capabilities;
use super::types::{Kind, Shape, Type};
use crate::json::{self, Object, Value};
use std::collections::HashSet;
use std::fmt;

/// A command that takes undescribed members in every version of QEMU.
const OPEN_COMMAND: &str = "device_add";

/// Why a server does not take a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    command: String,
    /// The path of the argument, empty for the command itself.
    path: String,
    reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    Command,
    Missing,
    Unknown,
    Value(String),
    Kind(&'static str),
    Arguments(String),
}

impl Unsupported {
    pub(super) fn not_encoded(command: &str, error: &crate::Error) -> Unsupported {
        let reason = Reason::Arguments(error.to_string());
        Unsupported { command: command.to_owned(), path: String::new(), reason }
    }

    /// The name of the command.
    #[must_use]
    pub fn command(&self) -> &str {
        &self.command
    }

    /// The argument, as a path: `options.file[0].driver`. `None` if the server does not have the command at all.
    #[must_use]
    pub fn argument(&self) -> Option<&str> {
        (!self.path.is_empty()).then_some(&self.path)
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unsupported { command, path, reason } = self;
        match reason {
            Reason::Command => write!(f, "the server has no command '{command}'"),
            Reason::Missing => write!(f, "{command}: the server demands '{path}'"),
            Reason::Unknown => write!(f, "{command}: the server does not know '{path}'"),
            Reason::Value(value) => write!(f, "{command}: the server has no value '{value}' for '{path}'"),
            Reason::Kind(expected) => write!(f, "{command}: the server expects {expected} for '{path}'"),
            Reason::Arguments(error) => write!(f, "{command}: the arguments cannot be encoded: {error}"),
        }
    }
}

impl std::error::Error for Unsupported {}

/// What is wrong with a value: the path to it, innermost step first, and the reason.
struct Fault {
    path: Vec<String>,
    reason: Reason,
}

type Judged = Result<(), Fault>;

fn fault<T>(reason: Reason) -> Result<T, Fault> {
    Err(Fault { path: Vec::new(), reason })
}

/// Adds a step to the path of a fault.
fn below(step: impl Fn() -> String) -> impl FnOnce(Fault) -> Fault {
    move |mut fault| {
        fault.path.push(step());
        fault
    }
}

impl Capabilities {
    /// Judges encoded arguments: the text of an object, or nothing.
    pub(super) fn judge(&self, command: &str, arguments: &[u8]) -> Result<(), Unsupported> {
        let unsupported = |path: String, reason| Unsupported { command: command.to_owned(), path, reason };
        if !self.has_command(command) {
            return Err(unsupported(String::new(), Reason::Command));
        }
        // A guest agent does not describe arguments.
        let Some(ty) = self.arguments(command) else { return Ok(()) };
        let text = if arguments.is_empty() { "{}".into() } else { String::from_utf8_lossy(arguments) };
        let value = json::parse(&text)
            .map_err(|error| unsupported(String::new(), Reason::Arguments(error.to_string())))?;
        let judged = match &value {
            Value::Object(members) => ty.judge_object(members, command == OPEN_COMMAND),
            _ => ty.judge(&value),
        };
        judged.map_err(|fault| {
            let path: String = fault.path.iter().rev().map(String::as_str).collect();
            unsupported(path.trim_start_matches('.').to_owned(), fault.reason)
        })
    }
}

impl Type<'_> {
    fn judge(self, value: &Value<'_>) -> Judged {
        let expected = match (&self.entry.shape, value) {
            (Shape::Enum(values), Value::String(text)) => {
                return if values.iter().any(|known| known.name == **text) {
                    Ok(())
                } else {
                    fault(Reason::Value(text.to_string()))
                };
            }
            (Shape::Array(element), Value::Array(values)) => {
                let Some(element) = self.table.get(element) else { return Ok(()) };
                for (index, value) in values.iter().enumerate() {
                    element.judge(value).map_err(below(|| format!("[{index}]")))?;
                }
                return Ok(());
            }
            (Shape::Object { .. }, Value::Object(members)) => return self.judge_object(members, false),
            (Shape::Alternate(choices), value) => {
                let mut types = choices.iter().filter_map(|name| self.table.get(name));
                match types.find(|ty| ty.takes_kind_of(value)) {
                    Some(ty) => return ty.judge(value),
                    None => "another kind of value",
                }
            }
            (Shape::Enum(_), _) => "a string",
            (Shape::Array(_), _) => "an array",
            (Shape::Object { .. }, _) => "an object",
            (Shape::Builtin(kind), value) if kind.takes(value) => return Ok(()),
            (Shape::Builtin(kind), _) => kind.name(),
        };
        fault(Reason::Kind(expected))
    }

    /// Whether values of this type are of the value's kind.
    fn takes_kind_of(self, value: &Value<'_>) -> bool {
        match (&self.entry.shape, value) {
            (Shape::Enum(_), Value::String(_))
            | (Shape::Array(_), Value::Array(_))
            | (Shape::Object { .. }, Value::Object(_)) => true,
            (Shape::Builtin(kind), value) => kind.takes(value),
            _ => false,
        }
    }

    fn judge_object(self, members: &Object<'_>, open: bool) -> Judged {
        let mut known = HashSet::new();
        self.judge_members(members, &mut known)?;
        match members.iter().find(|(name, _)| !open && !known.contains(*name)) {
            Some((name, _)) => fault(Reason::Unknown).map_err(below(|| format!(".{name}"))),
            None => Ok(()),
        }
    }

    /// Judges the members that this type has: its own, and those of the branch. Adds them to `known`.
    fn judge_members<'s>(self, members: &Object<'_>, known: &mut HashSet<&'s str>) -> Judged
    where
        Self: 's,
    {
        let mut ty = self;
        // A branch may be a union, too. A server that sends a cycle meets the same tag again.
        for _ in 0..=self.table.0.len() {
            let Shape::Object { members: own, tag, branches } = &ty.entry.shape else { return Ok(()) };
            for member in own {
                let name = member.named.name.as_str();
                known.insert(name);
                let step = || format!(".{name}");
                match members.get(name) {
                    Some(value) => {
                        if let Some(ty) = ty.table.get(&member.ty) {
                            ty.judge(value).map_err(below(step))?;
                        }
                    }
                    None if member.optional => {}
                    None => return fault(Reason::Missing).map_err(below(step)),
                }
            }
            let case = tag.as_ref().and_then(|tag| members.get(tag)).and_then(Value::as_str);
            let branch = branches.iter().find(|(value, _)| Some(value.as_str()) == case);
            match branch.and_then(|(_, name)| ty.table.get(name)) {
                Some(branch) => ty = branch,
                None => return Ok(()),
            }
        }
        Ok(())
    }
}

impl Kind {
    fn takes(self, value: &Value<'_>) -> bool {
        match self {
            Kind::Any => true,
            Kind::Null => matches!(value, Value::Null),
            Kind::Bool => matches!(value, Value::Bool(_)),
            Kind::Integer => matches!(value, Value::Int(_) | Value::UInt(_)),
            Kind::Number => matches!(value, Value::Int(_) | Value::UInt(_) | Value::Float(_)),
            Kind::String => matches!(value, Value::String(_)),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Any => "any value",
            Kind::Null => "null",
            Kind::Bool => "true or false",
            Kind::Integer => "an integer",
            Kind::Number => "a number",
            Kind::String => "a string",
        }
    }
}
