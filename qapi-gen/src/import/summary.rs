//! Reports where the names of an imported schema came from, and which did not fit.

use super::names::Chosen;
use super::places::Place;
use crate::compose::Source;
use crate::ids::IdVec;
use crate::wire::{Shape, TypeId, Wire};
use serde_json::Value as Json;
use std::collections::BTreeSet;
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
}

impl Summary {
    pub(super) fn new(
        wire: &Wire,
        sources: &[Source<'_>],
        chosen: &Chosen,
        places: &IdVec<TypeId, Option<Place>>,
        inline: &BTreeSet<TypeId>,
        answer: &str,
    ) -> Summary {
        let written = |ty: &TypeId| chosen.name(*ty).is_some() && !inline.contains(ty);
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

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} commands, {} events", self.commands, self.events)?;
        for (label, count) in &self.named {
            writeln!(f, "{count} types are named as in {label}")?;
        }
        writeln!(f, "{} types are named after the place where they are met first", self.placed)?;
        for conflict in &self.conflicts {
            writeln!(f, "conflict: {conflict}")?;
        }
        if !self.unreached.is_empty() {
            writeln!(f, "left out, since no command or event reaches them: {}", self.unreached.join(", "))?;
        }
        Ok(())
    }
}
