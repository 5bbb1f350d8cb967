//! The only reasons for not replaying a recording. Anything unknown is a failure.

use std::fmt;

/// Why a recording has no counterpart.
#[derive(Clone, Debug)]
pub(crate) enum Skip {
    /// The machine has no i6300esb watchdog.
    NoI6300esb,
    /// The machine has no isa-debug-exit.
    NoDebugExit,
    /// The machine does not sleep.
    NoSleep,
    /// QEMU's `panic=shutdown` pauses if the shutdown action is `pause`; ours shuts down.
    PanicShutdownPaused,
    /// Our `-no-shutdown` also sets `panic=pause`, and the recording has another panic action.
    NoShutdownPauses,
    /// QEMU accepts an invalid value that a later one overrides; ours does not.
    Overridden(String),
    /// QEMU's machine lacks a device that ours always has.
    AlwaysThere(&'static str),
    /// The option is not ours.
    NotOurOption(String),
    /// QEMU refuses a value that ours accepts.
    OurValue(String),
}

impl fmt::Display for Skip {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoI6300esb => write!(out, "the machine has no i6300esb"),
            Self::NoDebugExit => write!(out, "the machine has no isa-debug-exit"),
            Self::NoSleep => write!(out, "the machine has no sleep states"),
            Self::PanicShutdownPaused => {
                write!(out, "panic=shutdown with shutdown=pause pauses there and shuts down here")
            }
            Self::NoShutdownPauses => write!(out, "-no-shutdown sets panic=pause here, and only here"),
            Self::Overridden(pair) => write!(out, "{pair} is refused here even if overridden"),
            Self::AlwaysThere(device) => write!(out, "the machine always has its {device}"),
            Self::NotOurOption(option) => write!(out, "there is no option {option} here"),
            Self::OurValue(pair) => write!(out, "{pair} is a value here, and only here"),
        }
    }
}
