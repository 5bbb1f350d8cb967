//! The names of drivers, enumerations and properties in Rust.

use crate::devices::{Devices, Driver};
use crate::rust::apart::{Form, apart};
use crate::rust::names;
use std::collections::BTreeMap;

/// The names of types, which share a namespace.
pub(super) struct Types {
    drivers: BTreeMap<String, String>,
    enumerations: BTreeMap<String, String>,
}

impl Types {
    pub(super) fn new(devices: &Devices) -> Types {
        let drivers = devices.drivers.iter().map(|driver| driver.name.clone());
        // A blank keeps an enumeration apart from a driver of the same name. It leaves no trace in the nicest spelling.
        let enumerations = devices.enumerations.keys().map(|name| format!("{name} "));
        let all: Vec<String> = drivers.chain(enumerations).collect();
        let mut spelled = spelled(&all, &[&names::command, &names::camel_apart, &names::distinct]);
        let enumerations = spelled.split_off(devices.drivers.len());
        let pairs = |names: Vec<String>, spelled: Vec<String>| names.into_iter().zip(spelled).collect();
        Types {
            drivers: pairs(devices.drivers.iter().map(|driver| driver.name.clone()).collect(), spelled),
            enumerations: pairs(devices.enumerations.keys().cloned().collect(), enumerations),
        }
    }

    pub(super) fn driver(&self, name: &str) -> String {
        self.drivers[name].clone()
    }

    pub(super) fn enumeration(&self, name: &str) -> String {
        self.enumerations[name].clone()
    }
}

/// The names of a driver's properties: those of setters and of constants share a namespace.
pub(super) struct Spelling {
    setters: BTreeMap<String, String>,
    constants: BTreeMap<String, String>,
}

/// The functions that every device has.
const TAKEN: [&str; 5] = ["id", "bus", "set", "with_members", "to_json"];

impl Spelling {
    pub(super) fn new(driver: &Driver) -> Spelling {
        let names = || driver.properties.iter().map(|property| property.name.clone());
        // A blank marks a constant, as it does an enumeration above.
        let all: Vec<String> = names().chain(names().map(|name| name + " ")).collect();
        let nicest = |key: &str| match key.strip_suffix(' ') {
            Some(name) => names::words(name).to_ascii_uppercase(),
            None => setter(key),
        };
        let distinct = |key: &str| match key.strip_suffix(' ') {
            Some(name) => names::distinct(name).to_ascii_uppercase(),
            None => names::distinct(key),
        };
        let mut spelled = spelled(&all, &[&nicest, &distinct, &names::distinct]);
        let constants = spelled.split_off(driver.properties.len());
        Spelling { setters: names().zip(spelled).collect(), constants: names().zip(constants).collect() }
    }

    pub(super) fn setter(&self, property: &str) -> String {
        self.setters[property].clone()
    }

    pub(super) fn constant(&self, property: &str) -> String {
        self.constants[property].clone()
    }
}

fn setter(property: &str) -> String {
    let setter = names::setter(&names::field(property));
    if TAKEN.contains(&&setter[..]) { setter + "_" } else { setter }
}

/// The spelling of each name, none of which is that of another.
pub(super) fn spelled(all: &[String], forms: &[Form]) -> Vec<String> {
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let mut spelled: Vec<String> = all.iter().map(|name| forms[0](name)).collect();
    apart(&all, forms).into_iter().for_each(|(at, name)| spelled[at] = name);
    spelled
}
