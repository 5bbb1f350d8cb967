//! The machine: a state machine without I/O or a clock.
//!
//! Every call takes the current time and returns its effects, in order. `Vm` makes the calls, under its lock, and turns
//! the effects into events. The rules are QEMU's; `tests/recordings` lists the exceptions.

pub(crate) mod clock;
#[cfg(test)]
mod tests;

use std::time::Duration;

use self::clock::GuestClock;
use crate::access::Access;
use crate::actions::Actions;
use crate::devices::acpi;
use crate::devices::hyperv::CrashParameters;
use crate::devices::ib700::{self, Watchdog};
use crate::devices::pvpanic::{self, Report};
use crate::devices::reset::{self, ControlPortA};
use crate::effect::Effect;
use crate::qapi::{
    GuestPanicAction, PanicAction, RebootAction, RunState, ShutdownAction, ShutdownCause, WatchdogAction,
};

/// The guest has shut down and cannot run before a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ResetRequired;

/// A machine.
#[derive(Debug)]
pub(crate) struct Machine {
    /// The actions on events that the guest causes.
    pub(crate) actions: Actions,
    state: RunState,
    /// The process is about to end; nothing happens any more.
    ended: bool,
    clock: GuestClock,
    devices: Devices,
}

/// The state that a reset clears.
#[derive(Debug, Default)]
struct Devices {
    /// The guest time until which the guest sleeps.
    sleeps_until: Option<Duration>,
    control_port_a: ControlPortA,
    crash_registers: CrashParameters,
    watchdog: Watchdog,
}

impl Machine {
    /// A machine that has not run yet.
    pub(crate) fn new(actions: Actions) -> Self {
        Self {
            actions,
            state: RunState::Prelaunch,
            ended: false,
            clock: GuestClock::default(),
            devices: Devices::default(),
        }
    }

    /// The run state.
    pub(crate) fn state(&self) -> RunState {
        self.state
    }

    /// Whether the guest runs.
    pub(crate) fn is_running(&self) -> bool {
        self.state == RunState::Running
    }

    /// Whether the guest can execute its next access now.
    pub(crate) fn is_ready(&self, now: Duration) -> bool {
        let awake = self.devices.sleeps_until.is_none_or(|until| until <= self.clock.time(now));
        self.is_running() && !self.ended && awake
    }

    /// When something will happen by itself: the guest wakes up, or its watchdog expires.
    pub(crate) fn next_deadline(&self, now: Duration) -> Option<Duration> {
        if self.ended {
            return None;
        }
        let asleep = self.devices.sleeps_until.filter(|&until| until > self.clock.time(now));
        let guest_time = asleep.into_iter().chain(self.devices.watchdog.expires()).min()?;
        self.clock.host_time(guest_time)
    }

    /// `cont`
    pub(crate) fn resume(&mut self, now: Duration) -> Result<Vec<Effect>, ResetRequired> {
        match self.state {
            _ if self.ended => Ok(Vec::new()),
            RunState::Running => Ok(Vec::new()),
            RunState::Shutdown => Err(ResetRequired),
            _ => {
                self.state = RunState::Running;
                self.clock.start(now);
                Ok(vec![Effect::Resume])
            }
        }
    }

    /// `stop`
    pub(crate) fn stop(&mut self, now: Duration) -> Vec<Effect> {
        let mut effects = Vec::new();
        if !self.ended {
            self.halt(now, RunState::Paused, &mut effects);
        }
        effects
    }

    /// `system_reset`
    pub(crate) fn reset(&mut self, now: Duration) -> Vec<Effect> {
        let mut effects = Vec::new();
        if !self.ended {
            self.request_reset(now, ShutdownCause::HostQmpSystemReset, &mut effects);
        }
        effects
    }

    /// `system_powerdown`. A real guest would get a request to shut down; a script cannot react to it.
    pub(crate) fn power_down(&mut self) -> Vec<Effect> {
        if self.ended { Vec::new() } else { vec![Effect::Powerdown] }
    }

    /// `quit` or a signal: the process ends, whatever the actions are.
    pub(crate) fn end(&mut self, cause: ShutdownCause) -> Vec<Effect> {
        if std::mem::replace(&mut self.ended, true) {
            return Vec::new();
        }
        vec![Effect::Shutdown(cause), Effect::Exit]
    }

    /// Does everything that is due at `now`.
    pub(crate) fn advance(&mut self, now: Duration) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.check_watchdog(now, &mut effects);
        effects
    }

    /// Executes an access of the guest.
    pub(crate) fn execute(&mut self, now: Duration, access: Access) -> Vec<Effect> {
        let mut effects = Vec::new();
        match access {
            Access::Out { port, value } => self.write_port(now, port, value, &mut effects),
            Access::Wrmsr { register, value } => {
                if let Some(crash) = self.devices.crash_registers.write(register, value) {
                    self.panicked(now, Some(crash), &mut effects);
                }
            }
            Access::TripleFault => self.guest_reset(now, &mut effects),
            Access::Sleep(time) => {
                self.devices.sleeps_until = Some(self.clock.time(now) + time);
            }
        }
        effects
    }

    /// A device with byte registers sees the low byte of a wider access.
    fn write_port(&mut self, now: Duration, port: u16, value: u32, effects: &mut Vec<Effect>) {
        let byte = value as u8;
        match port {
            pvpanic::PORT => match pvpanic::report(byte) {
                Some(Report::Panicked) => self.panicked(now, None, effects),
                Some(Report::CrashLoaded) => effects.push(Effect::CrashLoaded),
                Some(Report::Shutdown) => {
                    effects.push(Effect::PvShutdown);
                    self.shut_down(now, ShutdownCause::GuestShutdown, effects);
                }
                None => {}
            },
            reset::KEYBOARD_PORT if reset::keyboard_resets(byte) => self.guest_reset(now, effects),
            reset::CONTROL_A_PORT if self.devices.control_port_a.write_resets(byte) => {
                self.guest_reset(now, effects);
            }
            reset::RESET_CONTROL_PORT if reset::reset_control_resets(byte) => {
                self.guest_reset(now, effects);
            }
            acpi::CONTROL_PORT if acpi::powers_off(value as u16) => {
                self.shut_down(now, ShutdownCause::GuestShutdown, effects);
            }
            acpi::CONTROL_HIGH_PORT if acpi::powers_off(u16::from(byte) << 8) => {
                self.shut_down(now, ShutdownCause::GuestShutdown, effects);
            }
            ib700::START_PORT => {
                self.devices.watchdog.start(self.clock.time(now), byte);
                self.check_watchdog(now, effects);
            }
            ib700::STOP_PORT => self.devices.watchdog.stop(),
            _ => {}
        }
    }

    fn panicked(&mut self, now: Duration, crash: Option<CrashParameters>, effects: &mut Vec<Effect>) {
        match self.actions.panic {
            PanicAction::None => effects.push(Effect::Panicked(GuestPanicAction::Run, crash)),
            PanicAction::Pause => {
                effects.push(Effect::Panicked(GuestPanicAction::Pause, crash));
                self.halt(now, RunState::GuestPanicked, effects);
            }
            PanicAction::Poweroff => {
                effects.push(Effect::Panicked(GuestPanicAction::Poweroff, crash));
                self.shut_down(now, ShutdownCause::GuestPanic, effects);
            }
        }
    }

    fn guest_reset(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        self.request_reset(now, ShutdownCause::GuestReset, effects);
    }

    /// Resets, or shuts down if the reboot action says so.
    fn request_reset(&mut self, now: Duration, cause: ShutdownCause, effects: &mut Vec<Effect>) {
        match self.actions.reboot {
            RebootAction::None => {
                self.devices = Devices::default();
                // A stopped guest stays stopped, but leaves the state `shutdown`, in which `cont` fails.
                if !self.is_running() {
                    self.state = RunState::Prelaunch;
                }
                effects.push(Effect::Reset(cause));
            }
            RebootAction::Shutdown => self.shut_down(now, cause, effects),
        }
    }

    fn shut_down(&mut self, now: Duration, cause: ShutdownCause, effects: &mut Vec<Effect>) {
        effects.push(Effect::Shutdown(cause));
        match self.actions.shutdown {
            ShutdownAction::Pause => self.halt(now, RunState::Shutdown, effects),
            ShutdownAction::Poweroff => self.exit(effects),
        }
    }

    fn exit(&mut self, effects: &mut Vec<Effect>) {
        self.ended = true;
        effects.push(Effect::Exit);
    }

    /// Stops a running guest. A stopped guest keeps its state, which says why it stopped first.
    fn halt(&mut self, now: Duration, state: RunState, effects: &mut Vec<Effect>) {
        if self.is_running() {
            self.clock.stop(now);
            self.state = state;
            effects.push(Effect::Stop);
        }
    }

    fn check_watchdog(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        if self.ended || !self.is_running() {
            return;
        }
        if !self.devices.watchdog.take_expired(self.clock.time(now)) {
            return;
        }
        let action = self.actions.watchdog;
        effects.push(Effect::Watchdog(action));
        match action {
            WatchdogAction::Reset => self.guest_reset(now, effects),
            WatchdogAction::Shutdown => effects.push(Effect::Powerdown),
            // As in QEMU: without the event SHUTDOWN, and whatever the shutdown action is.
            WatchdogAction::Poweroff => self.exit(effects),
            WatchdogAction::Pause => self.halt(now, RunState::Watchdog, effects),
            WatchdogAction::Debug => effects.push(Effect::WatchdogFired),
            WatchdogAction::None | WatchdogAction::InjectNmi => {}
        }
    }
}
