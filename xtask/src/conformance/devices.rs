//! Group 7: QEMU takes every device as the generated types write it.
//!
//! For each QEMU that is there, `qapi-gen devices` asks about all drivers that are not abstract. Each is then tried cold, as
//! `-device` on a machine that has its bus, with each property set to its own default, as the setter of its type writes it.
//! QEMU checks first that the driver can be plugged and has a bus, then names and types of properties, then their values
//! and what is behind them. A device that gets to the last of these is a success, also when QEMU misses a backend there.

mod machines;
mod outcome;

use super::report::{Difference, Group};
use crate::{Failure, workspace};
use machines::try_device;
use outcome::Outcome;
use qapi_gen::stages::devices::{Answer, Devices, Driver, Kind, Property, Side, model};
use qapi_gen::stages::rust::device_fields;
use qapi_test_support::server;
use serde_json::{Map, Value};
use std::path::Path;
use std::process::Command;

/// Without `--slow`, one driver of this many is tried.
const SHARE: usize = 10;

/// The least part of all drivers that have to reach the check of properties, in percent. Those that do not are parts of
/// machines, which cannot be plugged.
const REACHED: usize = 84;

pub(super) fn run(slow: bool) -> Result<Group, Failure> {
    let mut group = Group::new("devices", "devices");
    for (name, program) in [("qemu", server::qemu()), ("old-qemu", server::old_qemu())] {
        match program {
            Some(program) => try_all(name, &program, if slow { 1 } else { SHARE }, &mut group)?,
            None => println!("devices: skipped {name}, it is not installed"),
        }
    }
    Ok(group)
}

/// Tries one driver of each `share`.
fn try_all(name: &str, program: &Path, share: usize, group: &mut Group) -> Result<(), Failure> {
    let answer = ask(name, program)?;
    let devices = model(&[Side { label: name, answer: &answer }], &[], &[])
        .map_err(|_| "a driver of the answer is unknown")?;
    let chosen: Vec<&Driver> = devices.drivers.iter().step_by(share).collect();
    let (mut reached, mut properties) = (0, 0);
    for driver in &chosen {
        let members = members(&devices, driver);
        let outcome = try_device(program, &members)?;
        if let Outcome::Refused(reason) = outcome {
            group.compared += 1;
            group.differences.push(Difference { case: format!("{name}:{}", driver.name), detail: reason });
        } else if outcome == Outcome::Reached {
            reached += 1;
            properties += members.len() - 2;
        }
    }
    group.compared += reached;
    println!(
        "devices: {name} {}, {} drivers of {}: {reached} reached the check of properties, with {properties} of them",
        answer.qemu,
        chosen.len(),
        devices.drivers.len()
    );
    if reached * 100 < chosen.len() * REACHED {
        let detail = format!("only {reached} of {} reached the check of properties", chosen.len());
        group.differences.push(Difference { case: format!("{name}:reached"), detail });
    }
    Ok(())
}

/// What `qapi-gen devices` saves of a QEMU.
fn ask(name: &str, program: &Path) -> Result<Answer, Failure> {
    let folder = workspace::target().join("devices");
    std::fs::create_dir_all(&folder)?;
    let saved = folder.join(format!("{name}.json"));
    let mut command = Command::new(workspace::build("qapi-gen", "qapi-gen")?);
    command.args(["devices", "--save"]).arg(&saved).arg("--").arg(program);
    let output = command.args(["-machine", "none", "-nodefaults"]).output()?;
    if !output.status.success() {
        return Err(format!("qapi-gen devices: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(Answer::parse(&workspace::read(&saved)?)?)
}

/// The members of the device: driver, id, and each property that can be set and has a default of its type.
fn members(devices: &Devices, driver: &Driver) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("driver".to_owned(), driver.name.clone().into());
    members.insert("id".to_owned(), "tried".into());
    for (property, _) in device_fields(driver) {
        if let Some(value) = value(devices, property) {
            members.insert(property.name.clone(), value);
        }
    }
    members
}

/// The default of a property as its setter writes it. An address has none, and gets the last slot but one.
fn value(devices: &Devices, property: &Property) -> Option<Value> {
    let values = match &property.kind {
        Kind::Address => return Some("1e.0".into()),
        Kind::Enumeration(name) => &devices.enumerations[name][..],
        _ => &[],
    };
    let (_, told) = property.told.last()?;
    told.default.clone().filter(|value| property.kind.admits(value, values))
}
