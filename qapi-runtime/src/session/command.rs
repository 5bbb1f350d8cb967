//! Checks whether a command may run, and who runs it: after its envelope, before its arguments, in QEMU's order.

use super::envelope::Envelope;
use super::protocol::Served;
use super::{Dialect, Settings};
use crate::{CommandFlags, Error, ErrorClass, Result};

/// A command that may run.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found {
    /// The session answers it.
    Served(Served),
    /// A handler runs it. Its index in the command table.
    Handled(usize),
}

/// Looks a command up and checks what the session and the settings allow.
pub(super) fn find(settings: &Settings, negotiated: bool, envelope: &Envelope<'_>) -> Result<Found> {
    let Envelope { name, out_of_band, arguments: _ } = envelope;
    let served = Served::find(name, settings.dialect);
    if !negotiated && served != Some(Served::Capabilities) {
        return Err(not_found("Expecting capabilities negotiation with 'qmp_capabilities'"));
    }
    let Some(index) = settings.tables.find(name) else {
        return match served.filter(|_| settings.view.serves(name)) {
            // The session serves the protocol's own commands even if the schema does not declare them.
            Some(served) if !out_of_band => Ok(Found::Served(served)),
            Some(_) => Err(unfit(name)),
            None => Err(unknown(name)),
        };
    };
    // Before any check that would distinguish it from a command that does not exist.
    if !settings.view.has_command(index) {
        return Err(unknown(name));
    }
    let spec = &settings.tables.commands[index];
    settings.policy.check_command(spec.features, spec.name)?;
    if *out_of_band && !spec.flags.contains(CommandFlags::ALLOW_OOB) {
        return Err(unfit(name));
    }
    check_preconfig(settings, spec.flags, spec.name)?;
    Ok(served.map_or(Found::Handled(index), Found::Served))
}

fn check_preconfig(settings: &Settings, flags: CommandFlags, name: &str) -> Result<()> {
    // A guest agent has no preconfig state.
    let preconfig = settings.dialect == Dialect::Monitor && settings.is_preconfig();
    if preconfig && !flags.contains(CommandFlags::ALLOW_PRECONFIG) {
        return Err(Error::generic(format_args!(
            "The command '{name}' is permitted only after machine initialization has completed"
        )));
    }
    Ok(())
}

fn unfit(name: &str) -> Error {
    Error::generic(format_args!("The command {name} does not support OOB"))
}

fn unknown(name: &str) -> Error {
    not_found(format_args!("The command {name} has not been found"))
}

fn not_found(text: impl std::fmt::Display) -> Error {
    Error::new(ErrorClass::CommandNotFound, text)
}
