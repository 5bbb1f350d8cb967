//! The crash registers of Hyper-V: five parameters, and a control register that reports them.

/// The registers of the parameters, `P0` to `P4`.
const PARAMETERS: std::ops::RangeInclusive<u32> = 0x4000_0100..=0x4000_0104;
/// The control register.
const CONTROL: u32 = 0x4000_0105;
/// The bit of the control register that reports a crash.
const NOTIFY: u64 = 1 << 63;

/// The guest's description of its crash. The guest chooses the meaning of each parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CrashParameters(pub(crate) [u64; 5]);

impl CrashParameters {
    /// Handles a write. If it reports a crash, returns all parameters.
    pub(crate) fn write(&mut self, register: u32, value: u64) -> Option<CrashParameters> {
        if PARAMETERS.contains(&register) {
            self.0[(register - PARAMETERS.start()) as usize] = value;
            return None;
        }
        (register == CONTROL && value & NOTIFY != 0).then_some(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_notify_bit_reports_and_it_reports_all() {
        let mut registers = CrashParameters::default();
        for (index, register) in PARAMETERS.enumerate() {
            assert_eq!(registers.write(register, 10 + index as u64), None);
        }
        assert_eq!(registers.write(CONTROL, NOTIFY - 1), None);
        assert_eq!(registers.write(CONTROL + 1, NOTIFY), None);
        let reported = registers.write(CONTROL, NOTIFY).map(|crash| crash.0);
        assert_eq!(reported, Some([10, 11, 12, 13, 14]));
    }
}
