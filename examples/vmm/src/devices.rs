//! The devices that a guest's accesses reach: what a write means, not what is done about it.

pub(crate) mod acpi;
pub(crate) mod hyperv;
pub(crate) mod ib700;
pub(crate) mod pvpanic;
pub(crate) mod reset;
