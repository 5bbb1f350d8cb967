//! Asks a QEMU about its devices.

use super::peer::Server;
use crate::cli::live::LiveError;
use qapi_gen::stages::devices::{Answer, FormError, Told, UnknownDriver, matching};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum GatherError {
    /// The server of this name cannot be asked.
    Live(String, LiveError),
    /// A running server ended the conversation when it was asked about this driver.
    Ended(String),
    Form(FormError),
    Unknown(Vec<UnknownDriver>),
}

impl GatherError {
    /// Whether the server can be asked, but has not what is wanted.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Form(_) | Self::Unknown(_))
    }
}

impl fmt::Display for GatherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live(server, error) => write!(f, "cannot ask {server}: {error}"),
            Self::Ended(driver) => write!(
                f,
                "the server hung up when it was asked about {driver}; ask a process of its own, as with \
                 `-- qemu-system-x86_64 -M none -nodefaults`"
            ),
            Self::Form(error) => error.fmt(f),
            Self::Unknown(unknown) => {
                let lines: Vec<String> = unknown.iter().map(ToString::to_string).collect();
                f.write_str(&lines.join("\nqapi-gen: "))
            }
        }
    }
}

/// Asks about the drivers that `wanted` names, or about all.
///
/// A driver whose question ends a process of our own is kept as failed: QEMU 7.2 aborts when it cannot load the module of
/// a driver.
pub(super) fn gather(mut server: Server, wanted: &[String]) -> Result<Answer, GatherError> {
    let name = server.name();
    let unusable = |error| GatherError::Live(name.clone(), error);
    let qemu = version(server.greeting().map_err(unusable)?);
    let wanted_types = json!({ "implements": "device", "abstract": false });
    let types = server.execute("qom-list-types", &wanted_types).map_err(unusable)?;
    let entries = types.as_array().into_iter().flatten();
    let known: BTreeSet<&str> = entries.filter_map(|entry| entry.get("name")?.as_str()).collect();
    let chosen = matching(wanted, &known).map_err(GatherError::Unknown)?;
    let mut answer = Answer { qemu, drivers: BTreeMap::new(), failed: BTreeMap::new() };
    for driver in chosen {
        match server.execute("device-list-properties", &json!({ "typename": driver })) {
            Ok(properties) => {
                let told = Told::list(driver, &properties).map_err(GatherError::Form)?;
                answer.drivers.insert(driver.to_owned(), told);
            }
            Err(LiveError::Closed | LiveError::Io(_)) if !server.can_start_again() => {
                return Err(GatherError::Ended(driver.to_owned()));
            }
            Err(error @ (LiveError::Closed | LiveError::Io(_) | LiveError::Refused(_))) => {
                answer.failed.insert(driver.to_owned(), error.to_string());
            }
            Err(error) => return Err(unusable(error)),
        }
    }
    Ok(answer)
}

/// The version in a greeting: `10.0.2`.
fn version(greeting: &Value) -> String {
    let part = |name: &str| greeting.pointer(&format!("/version/qemu/{name}")).and_then(Value::as_u64);
    let parts: Vec<String> =
        ["major", "minor", "micro"].into_iter().filter_map(part).map(|part| part.to_string()).collect();
    if parts.is_empty() { "unknown".to_owned() } else { parts.join(".") }
}
