//! Handlers for the example machine's schema that do nothing, so that what is around them can be measured.

use qapi_runtime::{Context, Result, control};
use qapi_tests::machine::{self, RunState, StatusInfo, command, misc, run_state};
use std::sync::Arc;

pub(crate) struct Nothing;

/// What generated code makes of them.
pub(crate) fn dispatcher() -> machine::Dispatcher<Nothing> {
    machine::Dispatcher::new(Arc::new(Nothing))
}

impl run_state::Commands for Nothing {
    fn query_status(&self, _: &Context<'_>, _: command::QueryStatus) -> Result<StatusInfo> {
        Ok(StatusInfo::new(true, RunState::Running))
    }

    fn watchdog_set_action(&self, _: &Context<'_>, _: command::WatchdogSetAction) -> Result<()> {
        Ok(())
    }

    fn set_action(&self, _: &Context<'_>, args: command::SetAction) -> Result<()> {
        std::hint::black_box(args);
        Ok(())
    }
}

impl control::Commands for Nothing {
    fn quit(&self, _: &Context<'_>, _: control::command::Quit) -> Result<()> {
        Ok(())
    }
}

impl misc::Commands for Nothing {
    fn stop(&self, _: &Context<'_>, _: command::Stop) -> Result<()> {
        Ok(())
    }

    fn cont(&self, _: &Context<'_>, _: command::Cont) -> Result<()> {
        Ok(())
    }

    fn x_exit_preconfig(&self, _: &Context<'_>, _: command::XExitPreconfig) -> Result<()> {
        Ok(())
    }

    fn system_reset(&self, _: &Context<'_>, _: command::SystemReset) -> Result<()> {
        Ok(())
    }

    fn system_powerdown(&self, _: &Context<'_>, _: command::SystemPowerdown) -> Result<()> {
        Ok(())
    }

    fn inject_nmi(&self, _: &Context<'_>, _: command::InjectNmi) -> Result<()> {
        Ok(())
    }
}
