//! Reports where the names of an imported schema came from, and which did not fit.

use super::definitions::Definitions;
use super::names::Chosen;
use super::places::Place;
use crate::compose::Source;
use crate::ids::IdVec;
use crate::wire::{Shape, TypeId, Wire};
use serde_json::Value as Json;
use std::fmt;

/// The summary of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many commands there are.
    pub commands: usize,
    /// How many events there are.
    pub events: usize,
    /// The label of each given schema, and how many types it named.
    pub named: Vec<(String, usize)>,
    /// How many types are named after the first place that uses them.
    pub placed: usize,
    /// Types that could not keep the name that a given schema has for them.
    pub conflicts: Vec<String>,
    /// The masked names of types that no command or event reaches. They are left out.
    pub unreached: Vec<String>,
    /// Whether no given schema has the width of some integer, so that an `int` may be any integer of 64 bits.
    pub wide: bool,
}

impl Summary {
    pub(super) fn new(
        wire: &Wire,
        sources: &[Source<'_>],
        chosen: &Chosen,
        places: &IdVec<TypeId, Option<Place>>,
        definitions: &Definitions<'_>,
        answer: &str,
    ) -> Summary {
        let written = |ty: &TypeId| chosen.name(*ty).is_some() && !definitions.inline.contains(ty);
        let given = |ty: &TypeId| chosen.given.get(ty).map(|named| named.source);
        let types = || wire.types.ids().filter(written);
        let named: Vec<(String, usize)> = (sources.iter().enumerate())
            .map(|(index, source)| {
                (source.label.to_owned(), types().filter(|ty| given(ty) == Some(index)).count())
            })
            .collect();
        let masks = masks(answer);
        let unreached = (wire.types.iter().zip(places.iter()).zip(masks))
            .filter(|((ty, place), _)| place.is_none() && !matches!(ty.shape, Shape::Scalar(_)))
            .map(|(_, mask)| mask)
            .collect();
        Summary {
            commands: wire.commands.len(),
            events: wire.events.len(),
            placed: types().filter(|ty| given(ty).is_none()).count(),
            named,
            conflicts: chosen.conflicts.clone(),
            unreached,
            wide: definitions.wide,
        }
    }
}

/// The masked names of an answer's types, in the answer's order, which the wire model keeps.
fn masks(answer: &str) -> Vec<String> {
    let json: Json = serde_json::from_str(answer).unwrap_or_default();
    let entries = json.get("return").unwrap_or(&json).as_array().cloned().unwrap_or_default();
    let text = |entry: &Json, key| entry.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let types = entries.iter().filter(|entry| !matches!(&text(entry, "meta-type")[..], "command" | "event"));
    types.map(|entry| text(entry, "name")).collect()
}

/// A number of things, such as `1 event` or `2 events`.
fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let commands = counted(self.commands, "command", "commands");
        writeln!(f, "{commands}, {}", counted(self.events, "event", "events"))?;
        let types = |count| counted(count, "type is", "types are");
        for (label, count) in &self.named {
            writeln!(f, "{} named as in {label}", types(*count))?;
        }
        writeln!(f, "{} named after the place where they are met first", types(self.placed))?;
        if self.wide {
            writeln!(f, "the widths of some integers are not known: an int is any integer of 64 bits")?;
        }
        for conflict in &self.conflicts {
            writeln!(f, "conflict: {conflict}")?;
        }
        if !self.unreached.is_empty() {
            writeln!(f, "left out, since no command or event reaches them: {}", self.unreached.join(", "))?;
        }
        Ok(())
    }
}
