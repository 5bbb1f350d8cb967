//! The commands of the management interface.
//!
//! Each module of the schema has a trait for its commands, and [`Handlers`] implements all of them. The sessions'
//! threads call it through the generated `Dispatcher`, once the arguments are decoded and checked.

use std::sync::Arc;

use qapi_runtime::control::command::Quit;
use qapi_runtime::{Context, Error, Result, control};

use crate::machine::ResetRequired;
use crate::qapi::{RunState, ShutdownCause, StatusInfo, command, misc, run_state};
use crate::vm::Vm;

/// Implements the commands on a machine.
#[derive(Debug)]
pub(crate) struct Handlers {
    vm: Arc<Vm>,
    /// `-S`: the guest does not run before a client sends `cont`.
    stopped: bool,
}

impl Handlers {
    /// Handlers for a machine. With `stopped` it does not run at first.
    pub(crate) fn new(vm: Arc<Vm>, stopped: bool) -> Self {
        Self { vm, stopped }
    }

    /// Lets the guest run, unless `-S` was given. With `-preconfig`, the command `x-exit-preconfig` calls this.
    pub(crate) fn start(&self) -> Result<()> {
        if self.stopped { Ok(()) } else { self.resume() }
    }

    fn resume(&self) -> Result<()> {
        self.vm
            .try_command(|machine, now| machine.resume(now))
            .map_err(|ResetRequired| Error::generic("Resetting the Virtual Machine is required"))
    }
}

impl run_state::Commands for Handlers {
    fn query_status(&self, _: &Context<'_>, _: command::QueryStatus) -> Result<StatusInfo> {
        let status = self.vm.with_machine(|machine| machine.state());
        Ok(StatusInfo::new(status == RunState::Running, status))
    }

    fn set_action(&self, _: &Context<'_>, args: command::SetAction) -> Result<()> {
        self.vm.with_machine(|machine| machine.actions.update(&args));
        Ok(())
    }

    fn watchdog_set_action(&self, _: &Context<'_>, args: command::WatchdogSetAction) -> Result<()> {
        let command::WatchdogSetAction { action } = args;
        self.vm.with_machine(|machine| machine.actions.watchdog = action);
        Ok(())
    }
}

impl misc::Commands for Handlers {
    fn stop(&self, _: &Context<'_>, _: command::Stop) -> Result<()> {
        self.vm.command(|machine, now| machine.stop(now));
        Ok(())
    }

    fn cont(&self, _: &Context<'_>, _: command::Cont) -> Result<()> {
        self.resume()
    }

    fn x_exit_preconfig(&self, cx: &Context<'_>, _: command::XExitPreconfig) -> Result<()> {
        let Some(monitor) = cx.monitor().filter(|monitor| monitor.is_preconfig()) else {
            return Err(Error::generic("The command is permitted only before the machine is set up"));
        };
        monitor.set_preconfig(false);
        self.start()
    }

    fn system_reset(&self, _: &Context<'_>, _: command::SystemReset) -> Result<()> {
        self.vm.command(|machine, now| machine.reset(now));
        Ok(())
    }

    fn system_powerdown(&self, _: &Context<'_>, _: command::SystemPowerdown) -> Result<()> {
        self.vm.command(|machine, _| machine.power_down());
        Ok(())
    }

    fn inject_nmi(&self, _: &Context<'_>, _: command::InjectNmi) -> Result<()> {
        tracing::info!("the guest gets a non-maskable interrupt, of which its script takes no notice");
        Ok(())
    }
}

impl control::Commands for Handlers {
    fn quit(&self, _: &Context<'_>, _: Quit) -> Result<()> {
        self.vm.command(|machine, _| machine.end(ShutdownCause::HostQmpQuit));
        Ok(())
    }
}
