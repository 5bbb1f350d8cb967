//! The machine's effects on the outside.

use crate::devices::hyperv::CrashParameters;
use crate::qapi::{GuestPanicAction, ShutdownCause, WatchdogAction};

/// An effect. The machine returns effects in the order in which clients must see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// GUEST_PANICKED
    Panicked(GuestPanicAction, Option<CrashParameters>),
    /// GUEST_CRASHLOADED
    CrashLoaded,
    /// GUEST_PVSHUTDOWN
    PvShutdown,
    /// SHUTDOWN
    Shutdown(ShutdownCause),
    /// POWERDOWN
    Powerdown,
    /// RESET
    Reset(ShutdownCause),
    /// STOP
    Stop,
    /// RESUME
    Resume,
    /// WATCHDOG
    Watchdog(WatchdogAction),
    /// A line in the log: the watchdog expired and its action is `debug`.
    WatchdogFired,
    /// The process ends, with status 0.
    Exit,
}

/// Whether the guest caused a shutdown or a reset.
pub(crate) fn is_by_guest(cause: ShutdownCause) -> bool {
    matches!(
        cause,
        ShutdownCause::GuestShutdown
            | ShutdownCause::GuestReset
            | ShutdownCause::GuestPanic
            | ShutdownCause::SubsystemReset
    )
}
