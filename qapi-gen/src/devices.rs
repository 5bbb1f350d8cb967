//! Devices of QEMU, as it describes them: the model from which the back end makes a type for each driver.
//!
//! A schema says nothing of the properties of devices. QEMU does, when it is asked: `qom-list-types` names the drivers, and
//! `device-list-properties` the properties of one, with type, default and description. An [`Answer`] has the answers of one
//! QEMU, and is saved as a file. [`model`] takes the answers of one or several versions.
//!
//! | module | what it does |
//! |---|---|
//! | `answer` | reads and writes saved answers |
//! | `kind` | finds the type for what a QEMU says of a property |
//! | `values` | finds the values of enumerations |
//! | `join` | joins the properties of several versions |
//! | `choice` | finds the drivers that the user asks for |

mod answer;
mod choice;
mod join;
mod kind;
mod values;

pub use answer::{Answer, FormError, Told};
pub use choice::{UnknownDriver, matching};
pub use kind::Kind;

use crate::merge::enumerate;
use crate::schema::Schema;
use std::collections::{BTreeMap, BTreeSet};
use values::Values;

/// The devices of one QEMU, or of several versions.
#[derive(Clone, Debug)]
pub struct Devices {
    /// The words for the versions in the documentation, the oldest first.
    pub labels: Vec<String>,
    /// The drivers, sorted.
    pub drivers: Vec<Driver>,
    /// The enumerations that their properties have, with their values; sorted.
    pub enumerations: BTreeMap<String, Vec<String>>,
}

impl Devices {
    /// The labels of these versions: `7.2, 8.0 and 10.0`.
    pub fn list<'a>(&self, sides: impl IntoIterator<Item = &'a usize>) -> String {
        enumerate(sides.into_iter().map(|side| &self.labels[*side][..]))
    }
}

/// A driver, the type of a device.
#[derive(Clone, Debug)]
pub struct Driver {
    /// Its name.
    pub name: String,
    /// The versions that know it, as indices of [`Devices::labels`].
    pub known: BTreeSet<usize>,
    /// Its properties with a type, sorted.
    pub properties: Vec<Property>,
}

/// A property of the devices of a driver.
#[derive(Clone, Debug)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// What each version that knows it says of it, the oldest first: an index of [`Devices::labels`].
    pub told: Vec<(usize, Told)>,
}

/// An answer, with the word for it in the documentation. No two answers have the same.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The word.
    pub label: &'a str,
    /// The answer.
    pub answer: &'a Answer,
}

/// Makes the model of the drivers that `wanted` names: names or patterns with `*` and `?`; without any, of all drivers.
///
/// The answers are in the order of their versions, the oldest first. An enumeration has the values that a schema of `names`
/// gives it, otherwise those that descriptions of properties list.
///
/// # Errors
///
/// A name or pattern that no answer has.
pub fn model(
    sides: &[Side<'_>],
    wanted: &[String],
    names: &[&Schema],
) -> Result<Devices, Vec<UnknownDriver>> {
    let known: BTreeSet<&str> =
        sides.iter().flat_map(|side| side.answer.drivers.keys().map(String::as_str)).collect();
    let chosen = matching(wanted, &known)?;
    let mut values = Values::new(sides, names);
    let mut drivers = Vec::new();
    for name in chosen {
        let told: Vec<(usize, &[Told])> = (sides.iter().enumerate())
            .filter_map(|(index, side)| Some((index, &side.answer.drivers.get(name)?[..])))
            .collect();
        let properties = join::properties(&told, &mut values);
        let known = told.iter().map(|(index, _)| *index).collect();
        drivers.push(Driver { name: name.to_owned(), known, properties });
    }
    let kinds = drivers.iter().flat_map(|driver| &driver.properties).map(|property| &property.kind);
    let used = kinds.filter_map(|kind| if let Kind::Enumeration(name) = kind { Some(name) } else { None });
    let enumerations = values.of(&used.collect());
    Ok(Devices { labels: sides.iter().map(|side| side.label.to_owned()).collect(), drivers, enumerations })
}
