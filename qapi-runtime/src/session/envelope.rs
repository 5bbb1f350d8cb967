//! The object around a command: `execute` or `exec-oob`, `arguments`, `id`.

use crate::Error;
use crate::json::Value;
use std::borrow::Cow;

/// A message whose form is good.
#[derive(Debug)]
pub(super) struct Envelope<'s> {
    pub(super) name: Cow<'s, str>,
    pub(super) out_of_band: bool,
    pub(super) arguments: Option<Value<'s>>,
}

/// What is wrong with the form.
#[derive(Debug)]
pub(super) struct Fault(pub(super) Error);

impl<'s> Envelope<'s> {
    /// Takes a message apart. `exec-oob` is known only where it was negotiated.
    ///
    /// The first fault in the order sent is named; what is missing comes last.
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
                        // The parser refuses duplicates, so it is one of each.
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

/// Whether a message overtakes the queue, in a session that has negotiated it. One that has both members does not.
pub(super) fn is_out_of_band(message: &Value<'_>) -> bool {
    message
        .as_object()
        .is_some_and(|members| members.get("exec-oob").is_some() && members.get("execute").is_none())
}

/// The name of the command that a message seems to be about, well-formed or not.
pub(super) fn name<'a>(message: &'a Value<'_>) -> Option<&'a str> {
    message.get("execute").or_else(|| message.get("exec-oob"))?.as_str()
}

fn fault(text: impl std::fmt::Display) -> Fault {
    Fault(Error::generic(text))
}
