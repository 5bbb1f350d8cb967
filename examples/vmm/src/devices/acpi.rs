//! The power management control register of ACPI, reduced to powering off.

/// The port of the register (PM1a control).
pub(crate) const CONTROL_PORT: u16 = 0x604;
/// The port of its upper byte, which holds all that matters here.
pub(crate) const CONTROL_HIGH_PORT: u16 = CONTROL_PORT + 1;

/// The bit that enters the sleep state.
const SLEEP_ENABLE: u16 = 1 << 13;
/// The field that names the sleep state; zero is off.
const SLEEP_TYPE: u16 = 0b111 << 10;

/// Whether writing `value` to the register switches the machine off.
pub(crate) fn powers_off(value: u16) -> bool {
    value & SLEEP_ENABLE != 0 && value & SLEEP_TYPE == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_is_sleep_type_zero() {
        assert!(powers_off(0x2000));
        assert!(powers_off(0x2001));
        assert!(!powers_off(0x0001));
        assert!(!powers_off(0x2400), "sleep with the memory kept");
    }
}
