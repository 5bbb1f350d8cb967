//! pvpanic: a port through which a guest reports a panic or a shutdown to its hypervisor.

/// The port of the ISA device.
pub(crate) const PORT: u16 = 0x505;

/// What a guest reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// It has panicked.
    Panicked,
    /// It has panicked and its crash kernel takes over.
    CrashLoaded,
    /// It asks for a shutdown.
    Shutdown,
}

/// Decodes the byte `value`. A write is one report: the lowest bit that has a meaning wins.
pub(crate) fn report(value: u8) -> Option<Report> {
    const BITS: [Report; 3] = [Report::Panicked, Report::CrashLoaded, Report::Shutdown];
    BITS.get(value.trailing_zeros() as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_known_bit_wins() {
        for value in 0..=u8::MAX {
            let expected = if value & 1 != 0 {
                Some(Report::Panicked)
            } else if value & 2 != 0 {
                Some(Report::CrashLoaded)
            } else if value & 4 != 0 {
                Some(Report::Shutdown)
            } else {
                None
            };
            assert_eq!(report(value), expected, "{value:#x}");
        }
    }
}
