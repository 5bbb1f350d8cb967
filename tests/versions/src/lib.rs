//! Clients of one version of QEMU and of several.

use qapi_runtime::{Decode, Encode, Input, Mode, Output, json};
use serde_json::Value;

/// A client: the code for the schema of a version, or for that of several.
#[derive(Debug)]
pub struct Client {
    /// Its name in reports: `7.2+10.0`.
    pub label: &'static str,
    /// The versions of which its schema was made.
    pub versions: &'static [&'static str],
    /// The return types of the commands.
    pub replies: &'static [Entry],
    /// The data of the events.
    pub events: &'static [Entry],
    /// The arguments of the commands.
    pub commands: &'static [Entry],
}

/// The name of a command or event, and a function that decodes its type and encodes it again.
pub type Entry = (&'static str, fn(&Value, Mode) -> Result<Value, String>);

mod generated {
    #![allow(dead_code, deprecated, missing_docs, unreachable_pub, unused_imports, clippy::all)]

    use crate::Client;

    include!(concat!(env!("OUT_DIR"), "/clients.rs"));
}

pub use generated::{CLIENTS, CONFLICTS, VERSIONS};

impl Client {
    /// Decodes the reply of a command and encodes it again. `None` if the client has no such command.
    ///
    /// # Errors
    ///
    /// Why it does not decode, or how it differs afterwards.
    pub fn reply(&self, command: &str, reply: &Value) -> Option<Result<(), String>> {
        round_trip(self.replies, command, reply, Mode::Lenient)
    }

    /// Decodes the data of an event and encodes them again. `None` if the client has no such event.
    ///
    /// # Errors
    ///
    /// Why they do not decode, or how they differ afterwards.
    pub fn event(&self, event: &str, data: &Value) -> Option<Result<(), String>> {
        round_trip(self.events, event, data, Mode::Lenient)
    }

    /// Decodes a command's arguments strictly, and encodes them again: whether the client can send them. `None` if the
    /// client has no such command.
    ///
    /// # Errors
    ///
    /// Why its type cannot have the value.
    pub fn arguments(&self, command: &str, arguments: &Value) -> Option<Result<(), String>> {
        round_trip(self.commands, command, arguments, Mode::Strict)
    }
}

fn round_trip(entries: &[Entry], name: &str, value: &Value, mode: Mode) -> Option<Result<(), String>> {
    let (_, again) = entries.iter().find(|(known, _)| *known == name)?;
    Some(
        again(value, mode).and_then(|back| {
            if same(value, &back) { Ok(()) } else { Err(format!("{value} has become {back}")) }
        }),
    )
}

/// Whether two values are the same. `1` and `1.0` are, and so are fractions that differ in the last digit, as `serde_json`
/// reads them.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => {
            let (Some(a), Some(b)) = (a.as_f64(), b.as_f64()) else { return false };
            (a - b).abs() <= a.abs() * f64::EPSILON
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => one == other,
    }
}

/// Decodes a value and encodes it again.
#[allow(dead_code, reason = "the clients use it, and without the schemas of QEMU there are none")]
fn again<T: Decode + Encode>(value: &Value, mode: Mode) -> Result<Value, String> {
    let text = value.to_string();
    let parsed = json::parse(&text).map_err(|error| error.to_string())?;
    let decoded = T::decode(Input::new(&parsed, mode)).map_err(|error| error.to_string())?;
    let mut out = Output::new();
    decoded.encode(&mut out);
    let bytes = out.finish().map_err(|error| error.to_string())?;
    serde_json::from_slice(&bytes).map_err(|error| error.to_string())
}
