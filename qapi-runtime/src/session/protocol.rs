//! The commands of the protocol itself, which the session answers.

use super::negotiation::Negotiation;
use super::{Dialect, Settings, reply};
use crate::codec::{Decode, Input, Members, Mode};
use crate::dispatch::Reply;
use crate::json::Value;
use crate::{Error, ErrorClass, Result};

/// A command that the session answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Served {
    Capabilities,
    Version,
    Commands,
    Schema,
    Sync,
    SyncDelimited,
}

impl Served {
    /// The command of this name, if the dialect has it.
    pub(super) fn find(name: &str, dialect: Dialect) -> Option<Served> {
        Some(match (dialect, name) {
            (Dialect::Monitor, "qmp_capabilities") => Served::Capabilities,
            (Dialect::Monitor, "query-version") => Served::Version,
            (Dialect::Monitor, "query-commands") => Served::Commands,
            (Dialect::Monitor, "query-qmp-schema") => Served::Schema,
            (Dialect::Agent, "guest-sync") => Served::Sync,
            (Dialect::Agent, "guest-sync-delimited") => Served::SyncDelimited,
            _ => return None,
        })
    }
}

/// Answers such a command. Its arguments are checked first.
pub(super) fn serve(
    served: Served,
    settings: &Settings,
    negotiation: &mut Negotiation,
    arguments: &Value<'_>,
) -> Result<Reply> {
    let input =
        Input::new(arguments, Mode::Strict).with_policy(settings.policy).with_leniency(settings.leniency);
    match served {
        Served::Capabilities => {
            negotiate(settings, negotiation, &Enable::decode(input)?).map(|()| b"{}".to_vec())
        }
        Served::Version => {
            Nothing::decode(input)?;
            Ok(reply::version(&settings.version))
        }
        Served::Commands => {
            Nothing::decode(input)?;
            Ok(settings.commands_reply().to_vec())
        }
        Served::Schema => {
            Nothing::decode(input)?;
            Ok(settings.schema_reply().to_vec())
        }
        Served::Sync | Served::SyncDelimited => {
            Sync::decode(input).map(|Sync(id)| id.to_string().into_bytes())
        }
    }
}

fn negotiate(settings: &Settings, negotiation: &mut Negotiation, enable: &Enable) -> Result<()> {
    if negotiation.is_over {
        return Err(Error::new(
            ErrorClass::CommandNotFound,
            "Capabilities negotiation is already complete, command ignored",
        ));
    }
    if !settings.offers_oob && !enable.0.is_empty() {
        // QEMU repeats the name as often as the client sent it.
        let names = vec!["oob"; enable.0.len()].join(", ");
        return Err(Error::generic(format_args!("Capability {names} not available")));
    }
    negotiation.is_over = true;
    negotiation.out_of_band = enable.0.contains(&Capability::OutOfBand);
    tracing::debug!(oob = negotiation.out_of_band, "negotiated");
    Ok(())
}

/// The arguments of a command that has none.
struct Nothing;

impl Decode for Nothing {
    fn decode(input: Input<'_>) -> Result<Nothing> {
        input.object(|_: &mut Members<'_>| Ok(Nothing))
    }
}

/// The arguments of `qmp_capabilities`.
struct Enable(Vec<Capability>);

impl Decode for Enable {
    fn decode(input: Input<'_>) -> Result<Enable> {
        input.object(|members| Ok(Enable(members.optional("enable")?.unwrap_or_default())))
    }
}

/// What a client may enable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Capability {
    OutOfBand,
}

impl Decode for Capability {
    fn decode(input: Input<'_>) -> Result<Capability> {
        input.enum_closed(&["oob"], &[]).map(|_| Capability::OutOfBand)
    }
}

/// The arguments of the guest agent's synchronisation: a number that is returned.
struct Sync(i64);

impl Decode for Sync {
    fn decode(input: Input<'_>) -> Result<Sync> {
        input.object(|members| members.required("id").map(Sync))
    }
}
