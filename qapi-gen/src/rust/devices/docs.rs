//! The documentation of devices, from what QEMU says of them.

use crate::devices::{Devices, Driver, Kind, Property, Told};
use crate::rust::docs::literal;
use serde_json::Value;
use std::collections::BTreeSet;

/// `Known to 10.0.`, unless all versions know it.
fn known(devices: &Devices, known: &BTreeSet<usize>, of: &BTreeSet<usize>) -> Option<String> {
    (known != of).then(|| format!("Known to {}.", devices.list(known)))
}

pub(super) fn driver(devices: &Devices, driver: &Driver) -> String {
    let mut text = format!("The device `{}`.", driver.name);
    let all = (0..devices.labels.len()).collect();
    if let Some(note) = known(devices, &driver.known, &all) {
        text.push_str(&format!("\n\n{note}"));
    }
    text
}

pub(super) fn property(devices: &Devices, driver: &Driver, property: &Property) -> String {
    let name = &property.name;
    let newest = property.told.last().and_then(|(_, told)| told.description.as_deref());
    let mut text = match newest {
        Some(description) => format!("`{name}`: {}", literal(description.trim())),
        None => format!("Sets `{name}`, about which QEMU says no more."),
    };
    let types = by_version(devices, property, |told| format!("`{}`", told.ty));
    text.push_str(&format!("\n\nType: {types}."));
    let values = match &property.kind {
        Kind::Enumeration(name) => &devices.enumerations[name][..],
        _ => &[],
    };
    // A default of another type is a mark of QEMU's own, as -1 for an address that it chooses.
    let default = |told: &Told| told.default.clone().filter(|value| property.kind.admits(value, values));
    if property.told.iter().any(|(_, told)| default(told).is_some()) {
        let shown = by_version(devices, property, |told| match default(told) {
            Some(Value::String(text)) => format!("`{text}`"),
            Some(value) => format!("`{value}`"),
            None => "none".to_owned(),
        });
        text.push_str(&format!(" Default: {shown}."));
    }
    let sides = property.told.iter().map(|(side, _)| *side).collect();
    if let Some(note) = known(devices, &sides, &driver.known) {
        text.push_str(&format!("\n\n{note}"));
    }
    text
}

/// What the versions say: `int32` if all agree, else `int32` in 7.2, `str` in 10.0.
fn by_version(devices: &Devices, property: &Property, show: impl Fn(&Told) -> String) -> String {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for (side, told) in &property.told {
        let shown = show(told);
        match groups.last_mut() {
            Some((last, sides)) if *last == shown => sides.push(*side),
            _ => groups.push((shown, vec![*side])),
        }
    }
    if let [(shown, _)] = &groups[..] {
        return shown.clone();
    }
    let groups = groups.iter().map(|(shown, sides)| format!("{shown} in {}", devices.list(sides)));
    groups.collect::<Vec<_>>().join(", ")
}
