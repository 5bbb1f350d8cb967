//! Compares received replies with recorded ones.

use super::client::Reply;
use super::describe::is_described_alike;
use super::play::{Heard, Outcome, expected};
use super::verdict::Verdict;
use qapi_runtime::json::{Object, Value};
use qapi_test_support::recording::{Recording, Step, is_same, show};
use std::collections::BTreeMap;

/// A difference.
#[derive(Debug)]
pub(super) struct Finding {
    /// The rule of an intended difference: its name in the list of known differences.
    pub(super) rule: Option<&'static str>,
    pub(super) detail: String,
}

/// Compares the received replies with a recording.
pub(super) fn compare(recording: &Recording, heard: &Heard) -> Vec<Finding> {
    let mut findings = Vec::new();
    let expected = expected(recording);
    for (index, (step, outcome)) in recording.steps.iter().zip(&heard.steps).enumerate() {
        let at = |(rule, detail): (Option<&'static str>, String)| {
            let detail = format!("step {index}: {detail}");
            Finding { rule, detail }
        };
        let late = step.replies.len() - expected[index].len();
        if late > 0 {
            let detail = format!("{late} replies to a client before were not given to this one");
            findings.push(at((Some("late-reply"), detail)));
        }
        if outcome.early > 0 {
            findings.push(at((Some("several-clients"), "answered beside another client".to_owned())));
        }
        findings.extend(compare_replies(step, &expected[index], &outcome.replies).into_iter().map(at));
        findings.extend(compare_end(step, outcome).map(|detail| at((None, detail))));
    }
    for reply in &heard.rest {
        findings.push(Finding { rule: None, detail: format!("behind the last step comes {}", text(reply)) });
    }
    if !heard.log.is_empty() && findings.iter().any(|finding| finding.rule.is_none()) {
        findings.push(Finding { rule: None, detail: format!("standard error: {}", heard.log.trim_end()) });
    }
    findings
}

/// Compares without tolerance: for a server of the recorded kind.
pub(super) fn compare_exactly(recording: &Recording, heard: &Heard) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, (step, outcome)) in recording.steps.iter().zip(&heard.steps).enumerate() {
        let expected: Vec<_> = step.replies.iter().map(Option::as_ref).collect();
        let mut heard: Vec<_> = outcome.replies.iter().map(|reply| plain(reply, step)).collect();
        let is_equal = |one: &Option<Value<'_>>, other: &Option<&Value<'_>>| match (one, other) {
            (Some(one), Some(other)) => is_same_value(other, one),
            (one, other) => one.is_none() && other.is_none(),
        };
        let found = expected.iter().all(|expected| {
            let place = heard.iter().position(|heard| is_equal(heard, expected));
            let in_order = place.filter(|place| step.unordered || *place == 0);
            in_order.map(|place| heard.remove(place)).is_some()
        });
        if !found || !heard.is_empty() {
            let replies: Vec<_> = outcome.replies.iter().map(text).collect();
            findings.push(Finding { rule: None, detail: format!("step {index}: heard {replies:?}") });
        }
        let end = compare_end(step, outcome);
        findings.extend(end.map(|end| Finding { rule: None, detail: format!("step {index}: {end}") }));
    }
    for reply in &heard.rest {
        findings.push(Finding { rule: None, detail: format!("behind the last step comes {}", text(reply)) });
    }
    findings
}

/// The recording that a server's answers would give.
pub(super) fn recorded_from(recording: &Recording, heard: &Heard) -> Recording {
    let mut recorded = recording.clone();
    for (step, outcome) in recorded.steps.iter_mut().zip(&heard.steps) {
        let replies = outcome.replies.iter().map(|reply| plain(reply, step)).collect();
        step.replies = replies;
    }
    recorded
}

fn compare_end(step: &Step, outcome: &Outcome) -> Option<String> {
    if step.wait_exit && outcome.exit_code != step.exit_code {
        return Some(format!("ends with {:?} instead of {:?}", outcome.exit_code, step.exit_code));
    }
    (!step.wait_exit && !step.close && outcome.hung_up != step.closed)
        .then(|| if step.closed { "does not hang up".to_owned() } else { "hangs up".to_owned() })
}

type Found = Vec<(Option<&'static str>, String)>;

fn compare_replies(step: &Step, expected: &[&Option<Value<'static>>], replies: &[Reply]) -> Found {
    let mut found = Vec::new();
    let mut expected = expected.to_vec();
    for (place, reply) in replies.iter().enumerate() {
        let candidates = if step.unordered { expected.len() } else { 1.min(expected.len()) };
        let verdicts: Vec<_> =
            (0..candidates).map(|at| (at, compare_reply(expected[at].as_ref(), reply, step))).collect();
        let best = verdicts
            .iter()
            .find(|(_, verdict)| *verdict == Verdict::Same)
            .or_else(|| verdicts.iter().find(|(_, verdict)| matches!(verdict, Verdict::Rule(_))))
            .or(verdicts.first());
        let detail = |at: usize| {
            let theirs = expected[at].as_ref().map_or_else(|| "no JSON".to_owned(), |value| show(value));
            format!("{}\n    instead of {theirs}", text(reply))
        };
        match best {
            None => found.push((None, format!("{} (reply {place}) instead of no more", text(reply)))),
            Some((at, Verdict::Same)) => drop(expected.remove(*at)),
            Some((at, Verdict::Rule(rule))) => {
                found.push((Some(*rule), detail(*at)));
                expected.remove(*at);
            }
            Some((at, Verdict::Different)) => {
                found.push((None, detail(*at)));
                expected.remove(*at);
            }
        }
    }
    for missing in expected {
        let theirs = missing.as_ref().map_or_else(|| "no JSON".to_owned(), |value| show(value));
        found.push((None, format!("nothing instead of {theirs}")));
    }
    found
}

/// Compares a reply with the recorded one in its place.
fn compare_reply(expected: Option<&Value<'static>>, reply: &Reply, step: &Step) -> Verdict {
    let Reply::Json(reply) = reply else { return Verdict::Different };
    let Some(expected) = expected else {
        // The error was in the `id`; golden-server knows the rest of the message.
        return if reply.get("return").is_some() { Verdict::Rule("not-json") } else { Verdict::Different };
    };
    let (Some(theirs), Some(ours)) = (expected.as_object(), reply.as_object()) else {
        return Verdict::Different;
    };
    if let (Some(theirs_error), Some(ours_error)) = (theirs.get("error"), ours.get("error")) {
        let others = |object: &Object<'_>| {
            let mut object = object.clone().into_owned();
            object.remove("error");
            Value::Object(object)
        };
        let text = |error: &Value<'_>, name| error.get(name).and_then(Value::as_str).map(str::to_owned);
        let names = |error: &Value<'_>| error.as_object().map_or(0, Object::len);
        let is_alike = is_same_value(&others(theirs), &others(ours))
            && names(theirs_error) == names(ours_error)
            && text(theirs_error, "class") == text(ours_error, "class");
        return match (is_alike, text(theirs_error, "desc"), text(ours_error, "desc")) {
            (true, Some(theirs), Some(ours)) => match is_described_alike(&theirs, &ours, &step.send) {
                Verdict::Different => refused_number(ours_error, step),
                verdict => verdict,
            },
            (true, None, Some(ours)) => same_if(is_same_value(
                theirs_error.get("desc").unwrap_or(&Value::Null),
                &Value::String(ours.into()),
            )),
            _ => refused_number(ours_error, step),
        };
    }
    if let (None, Some(error)) = (theirs.get("error"), ours.get("error")) {
        return refused_number(error, step);
    }
    match plain(&Reply::Json(reply.clone()), step) {
        Some(ours) => same_if(is_same_value(expected, &reduced(&ours, expected))),
        None => Verdict::Different,
    }
}

fn same_if(yes: bool) -> Verdict {
    if yes { Verdict::Same } else { Verdict::Different }
}

/// We refuse negative numbers where QEMU reads them as large ones.
fn refused_number(error: &Value<'_>, step: &Step) -> Verdict {
    let text = error.get("desc").and_then(Value::as_str).unwrap_or_default();
    let has_negative = step.send.windows(2).any(|pair| pair[0] == b'-' && pair[1].is_ascii_digit());
    if has_negative && text.starts_with("Parameter '") && text.contains(" expects ") {
        Verdict::Rule("negative-unsigned")
    } else {
        Verdict::Different
    }
}

/// A reply in the form of recordings, without time and version.
fn plain(reply: &Reply, step: &Step) -> Option<Value<'static>> {
    let Reply::Json(value) = reply else { return None };
    let mut value = value.clone();
    if let Value::Object(members) = &mut value {
        if let Some(Value::Object(time)) = members.get_mut("timestamp") {
            for part in ["seconds", "microseconds"] {
                if let Some(part @ Value::Int(_)) = time.get_mut(part) {
                    *part = Value::Int(0);
                }
            }
        }
        let version = match members.get_mut("QMP") {
            Some(Value::Object(greeting)) => greeting.get_mut("version"),
            _ => members.get_mut("return"),
        };
        if let Some(Value::Object(version)) = version
            && version.get("qemu").is_some()
        {
            if let Some(Value::Object(numbers)) = version.get_mut("qemu") {
                for part in ["major", "minor", "micro"] {
                    numbers.insert(part, Value::Int(0));
                }
            }
            version.insert("package", Value::String("".into()));
        }
    }
    // A list of which only counts were recorded, anywhere among the replies.
    let short = step
        .replies
        .iter()
        .flatten()
        .find(|reply| reply.get("return").is_some_and(|list| list.get("$count").is_some()));
    Some(match short {
        Some(short) => reduced(&value, short),
        None => value,
    })
}

/// A reply with its list replaced by counts, as in `expected`.
fn reduced(reply: &Value<'static>, expected: &Value<'_>) -> Value<'static> {
    let (Some(short @ Value::Object(_)), Some(Value::Array(list))) =
        (expected.get("return"), reply.get("return"))
    else {
        return reply.clone();
    };
    if short.get("$count").is_none() {
        return reply.clone();
    }
    let text = |entry: &Value<'_>, name| entry.get(name).and_then(Value::as_str).map(str::to_owned);
    let sorted = |mut names: Vec<String>| {
        names.sort();
        Value::Array(names.into_iter().map(|name| Value::String(name.into())).collect())
    };
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for entry in list {
        *counts.entry(text(entry, "meta-type").unwrap_or_else(|| "null".to_owned())).or_default() += 1;
    }
    let mut told = Object::new();
    for (name, _) in short.as_object().into_iter().flat_map(Object::iter) {
        let value = match name {
            "$count" => Value::Int(i64::try_from(list.len()).unwrap_or(i64::MAX)),
            "$meta-types" => {
                let mut types = Object::new();
                for (name, count) in &counts {
                    types.push(name.clone(), Value::Int(*count));
                }
                Value::Object(types)
            }
            "$allow-oob" => {
                let allowed = list.iter().filter(|entry| entry.get("allow-oob") == Some(&Value::Bool(true)));
                sorted(allowed.filter_map(|entry| text(entry, "name")).collect())
            }
            "$sorted-names" => sorted(list.iter().filter_map(|entry| text(entry, "name")).collect()),
            "$first-entry-keys" => {
                let first = list.first().and_then(Value::as_object);
                sorted(first.into_iter().flat_map(Object::iter).map(|(name, _)| name.to_owned()).collect())
            }
            _ => continue,
        };
        told.push(name.to_owned(), value);
    }
    let mut reply = reply.clone();
    if let Value::Object(members) = &mut reply {
        members.insert("return", Value::Object(told));
    }
    reply
}

/// Whether a value equals the recorded one, of which only the length may be recorded.
fn is_same_value(recorded: &Value<'_>, ours: &Value<'_>) -> bool {
    match (recorded, ours) {
        (Value::Object(short), Value::String(text)) if short.get("$sha256").is_some() => {
            let length = short.get("$len").and_then(|length| match length {
                Value::Int(length) => usize::try_from(*length).ok(),
                _ => None,
            });
            length == Some(text.len()) || length == Some(text.chars().count())
        }
        (Value::Object(recorded), Value::Object(ours)) => {
            recorded.len() == ours.len()
                && recorded
                    .iter()
                    .all(|(name, value)| ours.get(name).is_some_and(|ours| is_same_value(value, ours)))
        }
        (Value::Array(recorded), Value::Array(ours)) => {
            recorded.len() == ours.len()
                && recorded.iter().zip(ours).all(|(one, other)| is_same_value(one, other))
        }
        _ => is_same(recorded, ours),
    }
}

fn text(reply: &Reply) -> String {
    match reply {
        Reply::Json(value) => show(value),
        Reply::Other(text) => format!("no JSON: {text:.600}"),
    }
}
