//! Reads capabilities from a server's answer.

use super::types::{Entry, Kind, MemberEntry, Named, Shape};
use super::{Capabilities, CommandEntry, EventEntry};
use crate::json::Value;
use crate::{Error, Result};
use std::collections::BTreeSet;

impl Capabilities {
    /// Reads the answer to `query-qmp-schema`. It is read as untyped JSON, so that additions of newer servers cause no
    /// error.
    ///
    /// # Errors
    ///
    /// The answer is not a list.
    pub fn from_schema(answer: &Value<'_>) -> Result<Capabilities> {
        let Some(entries) = answer.as_array() else {
            return Err(Error::generic("the answer to query-qmp-schema is no list"));
        };
        let mut all = Capabilities::default();
        for entry in entries {
            let name = text(entry, "name");
            let shape = match entry.get("meta-type").and_then(Value::as_str) {
                Some("command") => {
                    all.commands.insert(name, command(entry));
                    continue;
                }
                Some("event") => {
                    let event = EventEntry { data: text(entry, "arg-type"), features: features(entry) };
                    all.events.insert(name, event);
                    continue;
                }
                Some("enum") => Shape::Enum(values(entry)),
                Some("array") => Shape::Array(text(entry, "element-type")),
                Some("object") => Shape::Object {
                    members: elements(entry, "members").map(member).collect(),
                    tag: entry.get("tag").and_then(Value::as_str).map(str::to_owned),
                    branches: elements(entry, "variants")
                        .map(|branch| (text(branch, "case"), text(branch, "type")))
                        .collect(),
                },
                Some("alternate") => {
                    Shape::Alternate(elements(entry, "members").map(|member| text(member, "type")).collect())
                }
                _ => Shape::Builtin(kind(entry)),
            };
            all.table.0.insert(name, Entry { shape, features: features(entry) });
        }
        Ok(all)
    }

    /// Reads the answer to `guest-info`, which lists the commands of a guest agent and whether they are enabled.
    ///
    /// # Errors
    ///
    /// The answer has no list of commands.
    pub fn from_guest_info(answer: &Value<'_>) -> Result<Capabilities> {
        if answer.get("supported_commands").and_then(Value::as_array).is_none() {
            return Err(Error::generic("the answer to guest-info has no list of commands"));
        }
        let mut all = Capabilities::default();
        for command in elements(answer, "supported_commands") {
            if command.get("enabled").is_none_or(|enabled| matches!(enabled, Value::Bool(true))) {
                all.commands.insert(text(command, "name"), CommandEntry::default());
            }
        }
        Ok(all)
    }
}

fn command(entry: &Value<'_>) -> CommandEntry {
    CommandEntry {
        arguments: text(entry, "arg-type"),
        returns: text(entry, "ret-type"),
        out_of_band: matches!(entry.get("allow-oob"), Some(Value::Bool(true))),
        features: features(entry),
    }
}

/// The kind of a built-in type. An unknown one takes any value.
fn kind(entry: &Value<'_>) -> Kind {
    match entry.get("json-type").and_then(Value::as_str) {
        Some("null") => Kind::Null,
        Some("boolean") => Kind::Bool,
        Some("int") => Kind::Integer,
        Some("number") => Kind::Number,
        Some("string") => Kind::String,
        _ => Kind::Any,
    }
}

/// Servers before QEMU 6.2 send only `values`.
fn values(entry: &Value<'_>) -> Vec<Named> {
    match entry.get("members") {
        Some(_) => elements(entry, "members").map(named).collect(),
        None => elements(entry, "values")
            .filter_map(Value::as_str)
            .map(|name| Named { name: name.to_owned(), features: BTreeSet::new() })
            .collect(),
    }
}

fn member(entry: &Value<'_>) -> MemberEntry {
    MemberEntry {
        named: named(entry),
        ty: text(entry, "type"),
        // A default marks the member as optional. Its value is always null and means nothing.
        optional: entry.get("default").is_some(),
    }
}

fn named(entry: &Value<'_>) -> Named {
    Named { name: text(entry, "name"), features: features(entry) }
}

fn features(entry: &Value<'_>) -> BTreeSet<String> {
    elements(entry, "features").filter_map(Value::as_str).map(str::to_owned).collect()
}

fn text(entry: &Value<'_>, name: &str) -> String {
    entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn elements<'v, 'a>(entry: &'v Value<'a>, name: &str) -> impl Iterator<Item = &'v Value<'a>> + use<'v, 'a> {
    entry.get(name).and_then(Value::as_array).unwrap_or_default().iter()
}
