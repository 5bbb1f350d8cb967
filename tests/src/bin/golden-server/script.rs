//! What the recording's handlers did: which command was called, and what was its answer.
//!
//! A recorded error is either a handler's, and is answered again, or it is the protocol's, and our session and the
//! generated decoding have to find the fault themselves. Should a handler be called where QEMU refused the command, it
//! says so, whatever was recorded.

use crate::pairing::{self, Paired};
use qapi_runtime::Features;
use qapi_runtime::Tables;
use qapi_runtime::json::{self, Value};
use qapi_runtime::{CommandFlags, private};
use qapi_test_support::recording::{FIFO, Recording, is_same};

/// All calls of a recording, in order.
#[derive(Debug)]
pub(crate) struct Script {
    calls: Vec<Option<Call>>,
    signal_events: Vec<Value<'static>>,
    /// How the process ends.
    pub(crate) exit_code: u8,
}

/// A command that came to its handler, or may have.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) arguments: Value<'static>,
    pub(crate) out_of_band: bool,
    /// A descriptor came along.
    pub(crate) has_file: bool,
    pub(crate) events_before: Vec<Value<'static>>,
    pub(crate) answer: Answer,
    pub(crate) events_after: Vec<Value<'static>>,
    /// The process ends behind this.
    pub(crate) is_last: bool,
}

/// What was recorded as an answer.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Return(Value<'static>),
    /// The handler failed.
    Error {
        class: String,
        text: String,
    },
    /// The arguments were refused.
    Refused(String),
    /// There was none, for the client was gone.
    None,
}

impl Script {
    pub(crate) fn new(recording: &Recording, tables: &'static Tables) -> Self {
        let paired = pairing::pair(recording);
        let schema = Schema::new(tables);
        let calls = paired.calls.into_iter().filter_map(|call| call_of(call, &schema));
        Self {
            calls: calls.map(Some).collect(),
            signal_events: paired.signal_events,
            exit_code: paired.exit_code,
        }
    }

    /// The first call like this that was not taken before.
    pub(crate) fn take(&mut self, name: &str, arguments: &Value<'_>, out_of_band: bool) -> Option<Call> {
        let place = self.calls.iter_mut().find(|call| {
            call.as_ref().is_some_and(|call| {
                call.name == name && call.out_of_band == out_of_band && is_sent(&call.arguments, arguments)
            })
        });
        place.and_then(Option::take)
    }

    /// What was sent for a signal; once.
    pub(crate) fn take_signal_events(&mut self) -> Vec<Value<'static>> {
        std::mem::take(&mut self.signal_events)
    }
}

/// Whether arguments are those recorded, the path of the fifo apart.
fn is_sent(recorded: &Value<'_>, sent: &Value<'_>) -> bool {
    match (recorded, sent) {
        (Value::Object(recorded), Value::Object(sent)) => {
            recorded.len() == sent.len()
                && recorded
                    .iter()
                    .all(|(name, value)| sent.get(name).is_some_and(|sent| is_sent(value, sent)))
        }
        (Value::Array(recorded), Value::Array(sent)) => {
            recorded.len() == sent.len()
                && recorded.iter().zip(sent).all(|(recorded, sent)| is_sent(recorded, sent))
        }
        (Value::String(recorded), Value::String(sent)) => match recorded.split_once(FIFO) {
            Some((before, after)) => sent.starts_with(before) && sent.ends_with(after),
            None => recorded == sent,
        },
        _ => is_same(recorded, sent),
    }
}

/// The call that a recorded answer belongs to; `None` when it was refused before its arguments were looked at.
fn call_of(paired: Paired, schema: &Schema) -> Option<Call> {
    let answer = match paired.reply {
        None => Answer::None,
        Some(reply) => match (reply.get("return"), reply.get("error")) {
            (Some(returned), _) => Answer::Return(returned.clone().into_owned()),
            (None, Some(error)) => {
                let text = |name| error.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                let (class, text) = (text("class"), text("desc"));
                if is_refused_at_once(&class, &text) {
                    return None;
                }
                if schema.refuses(&paired.name, &paired.arguments, &text) {
                    Answer::Refused(text)
                } else {
                    Answer::Error { class, text }
                }
            }
            (None, None) => Answer::None,
        },
    };
    Some(Call {
        name: paired.name,
        arguments: paired.arguments,
        out_of_band: paired.out_of_band,
        has_file: paired.has_file && matches!(answer, Answer::Return(_)),
        events_before: paired.events_before,
        answer,
        events_after: paired.events_after,
        is_last: paired.is_last,
    })
}

/// Errors of the envelope, of the negotiation, of the policy towards commands: the command never came to its handler.
fn is_refused_at_once(class: &str, text: &str) -> bool {
    class == "CommandNotFound"
        || text.starts_with("QMP input ")
        || (text.starts_with("The command ")
            && (text.ends_with(" does not support OOB")
                || text.ends_with(" is permitted only after machine initialization has completed")))
}

/// What the schema says about arguments: it tells a decoder's error from the same words of a handler.
struct Schema {
    tables: &'static Tables,
    entries: Vec<Value<'static>>,
}

impl Schema {
    fn new(tables: &'static Tables) -> Self {
        let text = private::render_introspection(tables.introspection, Features::NONE);
        let entries = match json::parse(&text) {
            Ok(Value::Array(entries)) => entries,
            _ => Vec::new(),
        };
        Self { tables, entries }
    }

    /// Whether an error is the decoder's.
    fn refuses(&self, command: &str, arguments: &Value<'_>, text: &str) -> bool {
        let Some(index) = self.tables.find(command) else { return true };
        if self.tables.commands[index].flags.contains(CommandFlags::RAW) {
            // There is no type that could refuse anything.
            return false;
        }
        match fault(text) {
            None => false,
            Some(Fault::Missing(name)) => !self.is_optional(command, name),
            // A decoder names what was sent. Handlers decode values of type `any`, and name the property that they are for.
            Some(Fault::Wrong(name)) => name == "null" || is_name_in(arguments, last_name(name)),
            Some(Fault::Policy) => true,
        }
    }

    /// Whether a command's argument of this name, on the outermost level, may be left out.
    fn is_optional(&self, command: &str, name: &str) -> bool {
        let member =
            |value: &Value<'_>, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let find = |kind: &str, name: &str| {
            self.entries.iter().find(|entry| {
                member(entry, "name").as_deref() == Some(name)
                    && member(entry, "meta-type").as_deref() == Some(kind)
            })
        };
        let members = find("command", command)
            .and_then(|entry| member(entry, "arg-type"))
            .and_then(|arguments| find("object", &arguments))
            .and_then(|entry| entry.get("members"))
            .and_then(Value::as_array)
            .unwrap_or_default();
        members
            .iter()
            .any(|entry| member(entry, "name").as_deref() == Some(name) && entry.get("default").is_some())
    }
}

/// A fault that decoders find.
enum Fault<'a> {
    /// A member is not there.
    Missing(&'a str),
    /// A member is there, and is not as it has to be.
    Wrong(&'a str),
    Policy,
}

/// The types that QEMU's decoder names where a number is out of range.
const RANGES: [&str; 8] =
    ["int8_t", "int16_t", "int32_t", "uint8_t", "uint16_t", "uint32_t", "uint64", "size"];

fn fault(text: &str) -> Option<Fault<'_>> {
    if let Some(rest) = text.strip_prefix("Invalid parameter type for '") {
        return rest.split_once("', expected: ").map(|(name, _)| Fault::Wrong(name));
    }
    if let Some(rest) = text.strip_prefix("Parameter '") {
        let (name, what) = rest.split_once('\'')?;
        return match what {
            " is missing" => Some(Fault::Missing(name)),
            " is unexpected" => Some(Fault::Wrong(name)),
            _ if what.starts_with(" does not accept value ") => Some(Fault::Wrong(name)),
            _ => what
                .strip_prefix(" expects ")
                .filter(|range| RANGES.contains(range))
                .map(|_| Fault::Wrong(name)),
        };
    }
    let is_policy = text.ends_with(" disabled by policy")
        && (text.starts_with("Deprecated ") || text.starts_with("Unstable "));
    is_policy.then_some(Fault::Policy)
}

/// The last name of a path, without its index.
fn last_name(path: &str) -> &str {
    let name = path.rsplit('.').next().unwrap_or(path);
    name.split('[').next().unwrap_or(name)
}

/// Whether a member of this name stands anywhere in a value.
fn is_name_in(value: &Value<'_>, name: &str) -> bool {
    match value {
        Value::Object(members) => {
            members.iter().any(|(other, value)| other == name || is_name_in(value, name))
        }
        Value::Array(elements) => elements.iter().any(|element| is_name_in(element, name)),
        _ => false,
    }
}
