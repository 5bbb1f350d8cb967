//! The actions on a guest's panic, reset or shutdown, and on the expiry of its watchdog.

use crate::qapi::command::SetAction;
use crate::qapi::{PanicAction, RebootAction, ShutdownAction, WatchdogAction};

/// An action for each kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Actions {
    pub(crate) reboot: RebootAction,
    pub(crate) shutdown: ShutdownAction,
    pub(crate) panic: PanicAction,
    pub(crate) watchdog: WatchdogAction,
}

impl Default for Actions {
    fn default() -> Self {
        Self {
            reboot: RebootAction::None,
            shutdown: ShutdownAction::Poweroff,
            panic: PanicAction::Poweroff,
            watchdog: WatchdogAction::Reset,
        }
    }
}

impl Actions {
    /// Changes the actions that `change` gives and keeps the others.
    pub(crate) fn update(&mut self, change: &SetAction) {
        // Without `..`: an argument that the schema gains is a compile error here until the machine has it.
        let SetAction { reboot, shutdown, panic, watchdog } = *change;
        self.reboot = reboot.unwrap_or(self.reboot);
        self.shutdown = shutdown.unwrap_or(self.shutdown);
        self.panic = panic.unwrap_or(self.panic);
        self.watchdog = watchdog.unwrap_or(self.watchdog);
    }
}
