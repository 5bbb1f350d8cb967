//! Joins the properties of a driver in several versions, as [`merge`](crate::merge) joins types: integers to the narrowest
//! with the values of all, enumerations to all values under the newest name, an enumeration and text to text.

use super::Property;
use super::answer::Told;
use super::kind::Kind;
use super::values::Values;
use crate::schema::Builtin;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The properties that have a type in some version, sorted. `sides` has the oldest version first.
pub(super) fn properties(sides: &[(usize, &[Told])], values: &mut Values) -> Vec<Property> {
    let mut all: BTreeMap<&str, Property> = BTreeMap::new();
    for (side, properties) in sides {
        for told in *properties {
            let Some(kind) = Kind::new(told, values) else { continue };
            match all.entry(&told.name) {
                Entry::Vacant(entry) => {
                    let told = vec![(*side, told.clone())];
                    let name = (*entry.key()).to_owned();
                    entry.insert(Property { name, kind, told });
                }
                Entry::Occupied(mut entry) => {
                    let property = entry.get_mut();
                    property.kind = joined(&property.kind, kind, values);
                    property.told.push((*side, told.clone()));
                }
            }
        }
    }
    all.into_values().collect()
}

/// The type with the values of both.
fn joined(older: &Kind, newer: Kind, values: &mut Values) -> Kind {
    match (older, newer) {
        (older, newer) if *older == newer => newer,
        (Kind::Integer(older), Kind::Integer(newer)) => {
            Builtin::narrowest(&[*older, newer]).map_or(Kind::Any, Kind::Integer)
        }
        (Kind::Enumeration(older), Kind::Enumeration(newer)) => {
            values.join(&newer, older);
            Kind::Enumeration(newer)
        }
        (Kind::Enumeration(_), Kind::Text) | (Kind::Text, Kind::Enumeration(_)) => Kind::Text,
        _ => Kind::Any,
    }
}
