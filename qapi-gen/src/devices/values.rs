//! The values of enumerations.
//!
//! QEMU tells the name of an enumeration, not its values. A schema has them if it has an enumeration of this name. Most
//! others are listed in the descriptions of properties, as `(report/ignore/enospc)`.

use super::Side;
use super::answer::Told;
use crate::schema::{DefinitionKind, Schema};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The enumerations that are known, with their values.
pub(super) struct Values(BTreeMap<String, Vec<String>>);

impl Values {
    pub(super) fn new(sides: &[Side<'_>], names: &[&Schema]) -> Values {
        let mut listed: BTreeMap<String, Listed> = BTreeMap::new();
        // The newest first: its order of values is the one to keep.
        for told in sides.iter().rev().flat_map(|side| side.answer.drivers.values().flatten()) {
            listed.entry(told.ty.clone()).or_default().add(told);
        }
        let mut all: BTreeMap<String, Vec<String>> =
            listed.into_iter().filter_map(|(name, listed)| Some((name, listed.values()?))).collect();
        let mut from_schemas: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for definition in names.iter().rev().flat_map(|schema| schema.definitions.iter()) {
            if let DefinitionKind::Enum(value) = &definition.kind {
                let values = from_schemas.entry(definition.name.clone()).or_default();
                unite(values, value.values.iter().map(|value| value.name.clone()));
            }
        }
        all.extend(from_schemas);
        Values(all)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Adds the values of an older enumeration to the one that has replaced it.
    pub(super) fn join(&mut self, newer: &str, older: &str) {
        let values = self.0.get(older).cloned().unwrap_or_default();
        unite(self.0.entry(newer.to_owned()).or_default(), values);
    }

    /// The enumerations of these names.
    pub(super) fn of(mut self, names: &BTreeSet<&String>) -> BTreeMap<String, Vec<String>> {
        self.0.retain(|name, _| names.contains(name));
        self.0
    }
}

/// Adds the values that are not there yet.
fn unite(values: &mut Vec<String>, more: impl IntoIterator<Item = String>) {
    for value in more {
        if !values.contains(&value) {
            values.push(value);
        }
    }
}

/// What the properties of one type say of its values.
#[derive(Default)]
struct Listed {
    values: Vec<String>,
    defaults: BTreeSet<String>,
}

impl Listed {
    fn add(&mut self, told: &Told) {
        if let Some(Value::String(default)) = &told.default {
            self.defaults.insert(default.clone());
        }
        let listed = told.description.as_deref().and_then(list).unwrap_or_default();
        unite(&mut self.values, listed.into_iter().map(str::to_owned));
    }

    /// The values, if it is an enumeration: each default is one of them.
    fn values(self) -> Option<Vec<String>> {
        let complete = self.defaults.iter().all(|default| self.values.contains(default));
        (complete && !self.defaults.is_empty() && !self.values.is_empty()).then_some(self.values)
    }
}

/// The values that a description lists: its only word with slashes, perhaps in parentheses.
fn list(description: &str) -> Option<Vec<&str>> {
    let words = description.split_whitespace().map(|word| word.trim_matches(['(', ')', ',', '.', ';', ':']));
    let mut lists = words.filter(|word| word.contains('/'));
    let (Some(list), None) = (lists.next(), lists.next()) else { return None };
    let values: Vec<&str> = list.split('/').collect();
    let is_value = |value: &&str| {
        !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    values.iter().all(is_value).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_the_only_word_with_slashes() {
        for (description, values) in [
            ("on/off/auto", Some(vec!["on", "off", "auto"])),
            ("Policy for handling lost ticks (discard/delay/slew)", Some(vec!["discard", "delay", "slew"])),
            ("Error handling policy, report/ignore/auto", Some(vec!["report", "ignore", "auto"])),
            ("2_5/5/8", Some(vec!["2_5", "5", "8"])),
            ("Node name or ID", None),
            ("yes/no, or on/off", None),
            ("a file in /dev/shm", None),
            ("", None),
        ] {
            assert_eq!(list(description), values, "{description}");
        }
    }
}
