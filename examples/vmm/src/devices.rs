//! The devices that a guest's accesses reach. They decode writes; the machine acts on them.

pub(crate) mod acpi;
pub(crate) mod hyperv;
pub(crate) mod ib700;
pub(crate) mod pvpanic;
pub(crate) mod reset;
