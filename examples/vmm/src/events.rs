//! The machine's effects as events of the schema.

use qapi_runtime::EventSender;

use crate::devices::hyperv::CrashParameters;
use crate::effect::{Effect, is_by_guest};
use crate::qapi::{GuestPanicAction, GuestPanicInformation, GuestPanicInformationHyperV, Schema, event};

/// Sends the event of an effect, or logs an effect that has no event. [`Vm`](crate::vm::Vm) calls this.
pub(crate) fn send(effect: &Effect, events: &EventSender<Schema>) {
    match *effect {
        Effect::Panicked(action, crash) => {
            tracing::warn!("the guest has panicked");
            let mut panicked = event::GuestPanicked::new(action);
            if let Some(crash) = crash {
                log_crash(crash);
                panicked = panicked.info(information(crash));
            }
            panicked.send(events);
        }
        Effect::CrashLoaded => event::GuestCrashloaded::new(GuestPanicAction::Run).send(events),
        Effect::PvShutdown => event::GuestPvshutdown::new().send(events),
        Effect::Shutdown(cause) => event::Shutdown::new(is_by_guest(cause), cause).send(events),
        Effect::Powerdown => event::Powerdown::new().send(events),
        Effect::Reset(cause) => event::Reset::new(is_by_guest(cause), cause).send(events),
        Effect::Stop => event::Stop::new().send(events),
        Effect::Resume => event::Resume::new().send(events),
        Effect::Watchdog(action) => event::Watchdog::new(action).send(events),
        Effect::WatchdogFired => tracing::warn!("watchdog: timer fired"),
        // Not an event: `Vm` ends its loop.
        Effect::Exit => {}
    }
}

fn information(CrashParameters([arg1, arg2, arg3, arg4, arg5]): CrashParameters) -> GuestPanicInformation {
    GuestPanicInformationHyperV::new(arg1, arg2, arg3, arg4, arg5).into()
}

fn log_crash(CrashParameters([arg1, arg2, arg3, arg4, arg5]): CrashParameters) {
    tracing::warn!("the guest's crash parameters: {arg1:#x} {arg2:#x} {arg3:#x} {arg4:#x} {arg5:#x}");
}
