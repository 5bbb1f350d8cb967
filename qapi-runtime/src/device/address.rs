//! The address of a device on a PCI bus.

use crate::{Any, Decode, Encode, Error, Input, Output, Result};
use std::fmt;
use std::str::FromStr;

/// The place of a device on its PCI bus: slot and function.
///
/// QEMU reads and writes the slot in hexadecimal, so that `10` by hand is slot 16.
///
/// ```
/// use qapi_runtime::device::PciAddress;
///
/// let address = PciAddress::new(30, 7)?;
/// assert_eq!(address.to_string(), "1e.7");
/// assert_eq!("1e.7".parse::<PciAddress>()?, address);
/// # Ok::<(), qapi_runtime::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PciAddress {
    slot: u8,
    function: u8,
}

impl PciAddress {
    /// The function of the slot.
    ///
    /// # Errors
    ///
    /// A slot above 31 or a function above 7: a PCI bus has no such.
    pub fn new(slot: u8, function: u8) -> Result<PciAddress> {
        if slot > 31 || function > 7 {
            return Err(Error::generic("a PCI bus has the slots 0 to 31, with the functions 0 to 7"));
        }
        Ok(PciAddress { slot, function })
    }

    /// The slot, from 0 to 31.
    #[must_use]
    pub fn slot(self) -> u8 {
        self.slot
    }

    /// The function, from 0 to 7.
    #[must_use]
    pub fn function(self) -> u8 {
        self.function
    }
}

impl fmt::Display for PciAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}.{:x}", self.slot, self.function)
    }
}

impl FromStr for PciAddress {
    type Err = Error;

    /// Reads what QEMU does: the slot in hexadecimal, and perhaps a dot and the function.
    fn from_str(text: &str) -> Result<PciAddress> {
        let (slot, function) = text.split_once('.').unwrap_or((text, "0"));
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_hexdigit());
            u8::from_str_radix(text, 16).ok().filter(|_| digits)
        };
        let (Some(slot), Some(function)) = (number(slot), number(function)) else {
            return Err(Error::generic("a PCI address is a slot and a function in hexadecimal, as in 1e.7"));
        };
        PciAddress::new(slot, function)
    }
}

impl From<PciAddress> for Any {
    fn from(address: PciAddress) -> Any {
        Any::String(address.to_string())
    }
}

impl Encode for PciAddress {
    fn encode(&self, out: &mut Output) {
        out.string(&self.to_string());
    }
}

impl Decode for PciAddress {
    /// Reads the text, or the number with which `qom-get` answers: the slot times eight, and the function.
    fn decode(input: Input<'_>) -> Result<PciAddress> {
        if let Ok(text) = input.text() {
            return text.parse();
        }
        let number = u8::decode(input)?;
        PciAddress::new(number >> 3, number & 7)
    }
}
