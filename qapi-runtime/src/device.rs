//! Devices of QEMU: what the code that `qapi-gen devices` generates is made of.
//!
//! A schema of QEMU does not describe the properties of devices: its `device_add` takes any members. A [`Device`] holds
//! them, and is a command, so that every client of a monitor executes it. Generated code has a type for each driver, with a
//! setter and a [`Property`] for each of its properties; each such type converts to `Device`.
//!
//! ```no_run
//! # #[cfg(all(unix, feature = "threads"))]
//! # fn show() -> Result<(), Box<dyn std::error::Error>> {
//! use qapi_runtime::client::{Untyped, blocking::Client};
//! use qapi_runtime::device::{Device, PciAddress, Property};
//!
//! // Generated code has these constants.
//! const ADDR: Property<PciAddress> = Property::new("addr");
//! const HOTPLUGGED: Property<bool> = Property::new("hotplugged");
//!
//! let client = Client::<Untyped>::connect_unix("/run/vm/qmp.sock")?;
//! client.execute(Device::new("virtio-rng-pci").id("rng0").set(ADDR, PciAddress::new(5, 0)?))?;
//! assert!(client.execute(HOTPLUGGED.get("/machine/peripheral/rng0"))?);
//! # Ok(())
//! # }
//! ```

mod address;
mod property;

pub use address::PciAddress;
pub use property::{Property, QomGet, QomSet};

use crate::codec::encode;
use crate::policy::Policy;
use crate::{
    Any, Command, CommandFlags, CommandSpec, Decode, Encode, Error, Features, Input, Output, Result, control,
};
use std::borrow::Cow;

/// A device to add: the command `device_add`, with the members that its driver takes.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a device is added when a client executes it"]
pub struct Device {
    driver: Cow<'static, str>,
    members: serde_json::Map<String, Any>,
}

impl Device {
    /// A device of this driver, with the defaults of all its properties.
    pub fn new(driver: impl Into<Cow<'static, str>>) -> Device {
        Device { driver: driver.into(), members: serde_json::Map::new() }
    }

    /// The name of the driver.
    #[must_use]
    pub fn driver(&self) -> &str {
        &self.driver
    }

    /// Sets the id, by which `device_del` and events name the device.
    pub fn id(self, id: impl Into<String>) -> Device {
        self.member("id", id.into())
    }

    /// Sets the bus on which the device is placed. Without it, QEMU takes the first that fits.
    pub fn bus(self, bus: impl Into<String>) -> Device {
        self.member("bus", bus.into())
    }

    /// Sets a property.
    pub fn set<T: Into<Any>>(self, property: Property<T>, value: impl Into<T>) -> Device {
        self.member(property.name(), value.into())
    }

    fn member(mut self, name: &str, value: impl Into<Any>) -> Device {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Sets all members of an object: of `props` in an entry of `query-hotpluggable-cpus`, or of properties that are known
    /// at run time only.
    ///
    /// ```
    /// use qapi_runtime::device::Device;
    /// use serde_json::json;
    ///
    /// let cpu = Device::new("qemu64-x86_64-cpu").id("cpu1").with_members(&json!({ "socket-id": 1 }))?;
    /// assert_eq!(cpu.to_json()?, r#"{"driver": "qemu64-x86_64-cpu", "id": "cpu1", "socket-id": 1}"#);
    /// # Ok::<(), qapi_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value is no object, has a member `driver`, or has a number that JSON cannot express.
    pub fn with_members(mut self, members: &impl Encode) -> Result<Device> {
        let text = encode(members, Policy::ACCEPT)?;
        let Ok(Any::Object(members)) = serde_json::from_slice(&text) else {
            return Err(Error::generic("the members of a device are an object"));
        };
        if members.contains_key("driver") {
            return Err(Error::generic("the driver of a device is not one of its members"));
        }
        self.members.extend(members);
        Ok(self)
    }

    /// The device as JSON, as the option `-device` of QEMU takes it.
    ///
    /// # Errors
    ///
    /// A member has a number that JSON cannot express.
    pub fn to_json(&self) -> Result<String> {
        let text = encode(self, Policy::ACCEPT)?;
        String::from_utf8(text).map_err(Error::generic)
    }

    /// Decodes a device of this driver, for generated types.
    ///
    /// # Errors
    ///
    /// It is no device, or one of another driver.
    #[doc(hidden)]
    pub fn decode_of(driver: &str, input: Input<'_>) -> Result<Device> {
        let device = Device::decode(input)?;
        if device.driver != driver {
            let other = device.driver;
            return Err(Error::generic(format_args!("this is a device of driver '{other}', not '{driver}'")));
        }
        Ok(device)
    }
}

impl Encode for Device {
    fn encode(&self, out: &mut Output) {
        out.object(|out| {
            out.member("driver", &*self.driver);
            for (name, value) in &self.members {
                out.member(name, value);
            }
        });
    }
}

impl Decode for Device {
    fn decode(input: Input<'_>) -> Result<Device> {
        let mut value = Any::decode(input)?;
        let Some(members) = value.as_object_mut() else { return Err(input.wrong_type("object")) };
        let Some(Any::String(driver)) = members.remove("driver") else {
            return Err(Error::generic("a device has a driver"));
        };
        Ok(Device { driver: driver.into(), members: std::mem::take(members) })
    }
}

/// Every schema of a monitor has the protocol's own commands, so a client of any of them executes it. The schema's own
/// `device_add`, where it has one, does not take the members.
impl Command for Device {
    const SPEC: CommandSpec = CommandSpec::new("device_add", CommandFlags::RAW, Features::NONE);
    type Ok = ();
    type Protocol = control::__Module;
}

#[cfg(test)]
mod tests;
