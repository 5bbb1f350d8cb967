//! The file that lists which changes were accepted, and why.
//!
//! It is a sequence of JSON objects, each of them an entry:
//!
//! ```json
//! { "kind": "command-removed", "path": "stop", "reason": "no client used it", "until": "2.1" }
//! ```
//!
//! `kind` and `path` are those of the change, as a report in JSON has them. From the version `until` on, which need not be
//! there, the entry accepts nothing any more. An entry that accepts nothing is stale, so that the file cannot outlive its
//! reasons.

use super::change::{Acceptance, Change, Verdict};
use super::gate::{Comparison, Stale, Staleness};
use super::kind::Kind;
use crate::schema::Version;
use crate::source::Location;
use serde_json::{Deserializer, Map, Value};
use std::fmt;

/// Which changes are accepted.
#[derive(Clone, Debug)]
pub struct AcceptFile {
    name: String,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    at: Location,
    kind: Kind,
    path: String,
    acceptance: Acceptance,
}

/// The file is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptError {
    /// The name of the file.
    pub file: String,
    /// The place.
    pub at: Location,
    /// The reason.
    pub message: String,
}

impl fmt::Display for AcceptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.at.line, self.at.column, self.message)
    }
}

impl std::error::Error for AcceptError {}

impl AcceptFile {
    /// Reads the entries from the text of a file with this name.
    ///
    /// # Errors
    ///
    /// At the first entry that is not as it should be.
    pub fn parse(name: &str, text: &str) -> Result<Self, AcceptError> {
        let fail = |at, message| AcceptError { file: name.to_owned(), at, message };
        let mut entries: Vec<Entry> = Vec::new();
        let mut values = Deserializer::from_str(text).into_iter::<Value>();
        loop {
            let rest = &text[values.byte_offset()..];
            let at = locate(text, text.len() - rest.trim_start().len());
            let Some(value) = values.next() else { break };
            let value = value.map_err(|error| {
                let at = Location { line: number(error.line()), column: number(error.column()) };
                let (text, place) = (error.to_string(), format!(" at line {} column {}", at.line, at.column));
                fail(at, format!("this is no JSON: {}", text.trim_end_matches(&place)))
            })?;
            let entry = Entry::read(at, value).map_err(|message| fail(at, message))?;
            let same = |other: &&Entry| (other.kind, &other.path) == (entry.kind, &entry.path);
            if let Some(other) = entries.iter().find(same) {
                return Err(fail(at, format!("the entry repeats that in line {}", other.at.line)));
            }
            entries.push(entry);
        }
        Ok(AcceptFile { name: name.to_owned(), entries })
    }

    /// Marks the changes that the file accepts, and finds the entries that are stale. `release` is the version of the
    /// new schema.
    ///
    /// # Errors
    ///
    /// If an entry depends on the version, and that is not known.
    pub fn accept(
        &self,
        mut changes: Vec<Change>,
        release: Option<&Version>,
    ) -> Result<Comparison, AcceptError> {
        let mut stale = Vec::new();
        for entry in &self.entries {
            let staleness = match (&entry.acceptance.until, release) {
                (Some(until), Some(release)) if release >= until => Some(Staleness::Reached),
                (Some(_), None) => {
                    let message = "the entry depends on the version of the new schema, and that is not known";
                    let (file, at, message) = (self.name.clone(), entry.at, message.to_owned());
                    return Err(AcceptError { file, at, message });
                }
                _ => (!entry.mark(&mut changes)).then_some(Staleness::Unmatched),
            };
            stale.extend(staleness.map(|staleness| Stale {
                file: self.name.clone(),
                at: entry.at,
                staleness,
                message: entry.explain(staleness),
            }));
        }
        Ok(Comparison { changes, stale })
    }
}

impl Entry {
    fn read(at: Location, value: Value) -> Result<Self, String> {
        let Value::Object(mut members) = value else {
            return Err("an entry is an object, and the file a sequence of them without brackets".to_owned());
        };
        let kind = take(&mut members, "kind")?;
        let path = take(&mut members, "path")?;
        let reason = take(&mut members, "reason")?;
        let until = if members.contains_key("until") { Some(take(&mut members, "until")?) } else { None };
        if let Some(name) = members.keys().next() {
            return Err(format!("'{name}' is no member of an entry: they are kind, path, reason and until"));
        }
        let known = Kind::ALL.iter().copied().find(|known| known.name() == kind);
        let kind = known.ok_or_else(|| format!("'{kind}' is no kind of change"))?;
        let version = |text: String| text.parse().map_err(|error| format!("'{text}' is no version: {error}"));
        let until = until.map(version).transpose()?;
        Ok(Entry { at, kind, path, acceptance: Acceptance { reason, until } })
    }

    /// Marks the changes that the entry is about. Returns whether there are any.
    fn mark(&self, changes: &mut [Change]) -> bool {
        let is_meant = |change: &&mut Change| {
            change.kind == self.kind && change.path == self.path && change.verdict != Verdict::Compatible
        };
        let mut found = false;
        for change in changes.iter_mut().filter(is_meant) {
            change.accepted = Some(self.acceptance.clone());
            found = true;
        }
        found
    }

    fn explain(&self, staleness: Staleness) -> String {
        let what = format!("the entry for {} at '{}' accepts nothing", self.kind, self.path);
        match (staleness, &self.acceptance.until) {
            (Staleness::Reached, Some(until)) => format!("{what}: version {until} is reached"),
            (Staleness::Reached | Staleness::Unmatched, _) => {
                format!("{what}: there is no such change, or it is compatible")
            }
        }
    }
}

/// A member with text, which may not be empty.
fn take(members: &mut Map<String, Value>, name: &str) -> Result<String, String> {
    match members.remove(name) {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
        Some(_) => Err(format!("the entry's '{name}' has to be text, and not empty")),
        None => Err(format!("the entry has no '{name}'")),
    }
}

fn locate(text: &str, offset: usize) -> Location {
    let before = &text[..offset];
    let line = before.rfind('\n').map_or(before, |newline| &before[newline + 1..]);
    Location { line: number(before.matches('\n').count() + 1), column: number(line.chars().count() + 1) }
}

/// The number of a line or column. Nothing but a place in a message is wrong if it is cut off.
fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
