//! The object around a command: `execute` or `exec-oob`, `arguments`, `id`.

use crate::Error;
use crate::json::Value;
use std::borrow::Cow;

/// A well-formed message.
#[derive(Debug)]
pub(super) struct Envelope<'s> {
    pub(super) name: Cow<'s, str>,
    pub(super) out_of_band: bool,
    pub(super) arguments: Option<Value<'s>>,
}

/// Why a message is malformed.
#[derive(Debug)]
pub(super) struct Fault(pub(super) Error);

impl<'s> Envelope<'s> {
    /// Takes a message apart. `exec-oob` is accepted only if it was negotiated.
    ///
    /// Reports the first faulty member in the order sent, and a missing one last.
    pub(super) fn open(message: Value<'s>, out_of_band: bool) -> Result<Envelope<'s>, Fault> {
        let Value::Object(members) = message else {
            return Err(fault("QMP input must be a JSON object"));
        };
        let mut command = None;
        let mut arguments = None;
        for (member, value) in members {
            match &*member {
                "execute" | "exec-oob" if member == "execute" || out_of_band => {
                    let Value::String(name) = value else {
                        return Err(fault(format_args!("QMP input member '{member}' must be a string")));
                    };
                    if command.is_some() {
                        // The parser refuses duplicate names, so this is one `execute` and one `exec-oob`.
                        return Err(fault("QMP input member 'execute' clashes with 'exec-oob'"));
                    }
                    command = Some((name, member == "exec-oob"));
                }
                "arguments" => {
                    if !matches!(value, Value::Object(_)) {
                        return Err(fault("QMP input member 'arguments' must be an object"));
                    }
                    arguments = Some(value);
                }
                "id" => {}
                _ => return Err(fault(format_args!("QMP input member '{member}' is unexpected"))),
            }
        }
        match command {
            Some((name, out_of_band)) => Ok(Envelope { name, out_of_band, arguments }),
            None => Err(fault("QMP input lacks member 'execute'")),
        }
    }
}

/// Whether a message bypasses the queue, in a session with out-of-band execution. A message with both members does not.
pub(super) fn is_out_of_band(message: &Value<'_>) -> bool {
    message
        .as_object()
        .is_some_and(|members| members.get("exec-oob").is_some() && members.get("execute").is_none())
}

/// The command name in a message, well-formed or not.
pub(super) fn name<'a>(message: &'a Value<'_>) -> Option<&'a str> {
    message.get("execute").or_else(|| message.get("exec-oob"))?.as_str()
}

fn fault(text: impl std::fmt::Display) -> Fault {
    Fault(Error::generic(text))
}
