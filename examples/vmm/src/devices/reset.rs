//! The three ports by which a PC resets itself.

/// The command port of the keyboard controller.
pub(crate) const KEYBOARD_PORT: u16 = 0x64;
/// System control port A.
pub(crate) const CONTROL_A_PORT: u16 = 0x92;
/// The reset control register of the chipset.
pub(crate) const RESET_CONTROL_PORT: u16 = 0xcf9;

/// Whether a command to the keyboard controller resets. Commands `0xf0` to `0xff` pulse each of four output lines whose
/// bit is clear, and the first line is the processor's reset.
pub(crate) fn keyboard_resets(command: u8) -> bool {
    command >= 0xf0 && command & 1 == 0
}

/// Whether a write to the reset control register resets.
pub(crate) fn reset_control_resets(value: u8) -> bool {
    value & 0b100 != 0
}

/// System control port A, which keeps the value last written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ControlPortA(u8);

impl ControlPortA {
    /// Handles a write, and returns whether it resets: a change of the lowest bit from zero to one does.
    pub(crate) fn write_resets(&mut self, value: u8) -> bool {
        let before = std::mem::replace(&mut self.0, value);
        value & !before & 1 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyboard_controller_resets_by_a_pulse_of_its_first_line() {
        let resetting: Vec<u8> = (0..=u8::MAX).filter(|&c| keyboard_resets(c)).collect();
        assert_eq!(resetting, [0xf0, 0xf2, 0xf4, 0xf6, 0xf8, 0xfa, 0xfc, 0xfe]);
    }

    #[test]
    fn the_reset_control_register_resets_by_its_third_bit() {
        assert!(reset_control_resets(0x06));
        assert!(reset_control_resets(0x0e));
        assert!(!reset_control_resets(0x02));
    }

    #[test]
    fn control_port_a_resets_on_the_edge() {
        let mut port = ControlPortA::default();
        assert!(!port.write_resets(0x02));
        assert!(port.write_resets(0x03));
        assert!(!port.write_resets(0x01));
        assert!(!port.write_resets(0x00));
        assert!(port.write_resets(0x01));
    }
}
