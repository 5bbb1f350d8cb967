//! Prints defines with what depends on them.

use super::{State, States};
use crate::diagnostic::json::string;
use crate::schema::{Condition, Conditional};
use std::collections::BTreeMap;
use std::fmt::Write;

/// For people: each define, and below it the parts that depend on it. A part's condition follows if it is more than the
/// define.
pub fn human(defines: &BTreeMap<&str, Vec<Conditional<'_>>>) -> String {
    let mut out = String::new();
    for (name, parts) in defines {
        let _ = writeln!(out, "{name}");
        for part in parts {
            let _ = match part.condition {
                Condition::Define(_) => writeln!(out, "  {part}"),
                condition => writeln!(out, "  {part}, if {condition}"),
            };
        }
    }
    out
}

/// The defines that a server was built with, one on each line.
pub fn set(states: &States) -> String {
    states.set().map(|name| format!("{name}\n")).collect()
}

/// For people: the defines that the answer does not decide, and why.
pub fn open(states: &States) -> String {
    let mut out = String::new();
    for (name, state) in &states.0 {
        let _ = match state {
            State::Set(_) | State::Unset(_) => Ok(()),
            State::Undecided(why) => writeln!(out, "{name} is undecided: {why}"),
            State::Contradicted(why) => writeln!(out, "{name} is contradicted: {why}"),
        };
    }
    out
}

/// For programs: one JSON object on each line. The members are `define` and `parts`, a list of objects with
/// `definition`, `kind`, `name` and `feature` (null where it has none) and `condition`; for a server also `state` and
/// `reason`.
pub fn json(defines: &BTreeMap<&str, Vec<Conditional<'_>>>, states: Option<&States>) -> String {
    let mut out = String::new();
    for (name, parts) in defines {
        out.push('{');
        member(&mut out, "define", Some(name));
        if let Some(state) = states.and_then(|states| states.0.get(*name)) {
            let (state, reason) = match state {
                State::Set(reason) => ("set", reason),
                State::Unset(reason) => ("unset", reason),
                State::Undecided(reason) => ("undecided", reason),
                State::Contradicted(reason) => ("contradicted", reason),
            };
            out.push_str(", ");
            member(&mut out, "state", Some(state));
            out.push_str(", ");
            member(&mut out, "reason", Some(reason));
        }
        out.push_str(", \"parts\": [");
        for (index, part) in parts.iter().enumerate() {
            out.push_str(if index > 0 { ", " } else { "" });
            self::part(&mut out, part);
        }
        out.push_str("]}\n");
    }
    out
}

fn part(out: &mut String, part: &Conditional<'_>) {
    let condition = part.condition.to_string();
    let (kind, name) = match part.inside {
        Some((kind, name)) => (kind, Some(name)),
        None => (part.definition.kind.name(), None),
    };
    let members = [
        ("definition", Some(&part.definition.name[..])),
        ("kind", Some(kind)),
        ("name", name),
        ("feature", part.feature),
        ("condition", Some(&condition)),
    ];
    out.push('{');
    for (index, (key, value)) in members.into_iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        member(out, key, value);
    }
    out.push('}');
}

fn member(out: &mut String, key: &str, value: Option<&str>) {
    let _ = write!(out, "\"{key}\": ");
    match value {
        Some(value) => string(out, value),
        None => out.push_str("null"),
    }
}
