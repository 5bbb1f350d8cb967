//! What a server supports, by the names in the schema.

mod judge;
mod places;
mod read;
mod types;

pub use judge::Unsupported;
pub use types::{Member, Type};

use super::Request;
use crate::tables::EnumPlaces;
use crate::{Command, Event};
use std::collections::{BTreeSet, HashMap};
use types::Table;

/// What a server supports: its commands and events, and their types.
///
/// Read from the answer to `query-qmp-schema`. The server masks the names of types there, so types are found by their
/// use: the arguments or the return value of a command, the data of an event. A nested member is named by a path, such
/// as `server.host`; elements of lists and branches of unions take no step in a path.
///
/// Enumerations can also be found by their names in the client's schema, which knows where it uses them.
///
/// ```
/// # fn show(capabilities: &qapi_runtime::client::Capabilities) {
/// if capabilities.has_argument("blockdev-add", "detect-zeroes") {
///     // ...
/// }
/// let can_fail = capabilities.has_value("set-action", "panic", "exit-failure");
/// let the_same = capabilities.has_enum_value("PanicAction", "exit-failure");
/// let active = capabilities.returns("query-named-block-nodes").is_some_and(|nodes| nodes.member("active").is_some());
/// # let _ = (can_fail, the_same, active);
/// # }
/// ```
///
/// A guest agent reports only the names of its commands.
#[derive(Clone, Debug, Default)]
pub struct Capabilities {
    table: Table,
    commands: HashMap<String, CommandEntry>,
    events: HashMap<String, EventEntry>,
    /// Where the client's schema uses its enumerations.
    enumerations: &'static [EnumPlaces],
}

#[derive(Clone, Debug, Default)]
struct CommandEntry {
    arguments: String,
    returns: String,
    out_of_band: bool,
    features: BTreeSet<String>,
}

#[derive(Clone, Debug, Default)]
struct EventEntry {
    data: String,
    features: BTreeSet<String>,
}

impl Capabilities {
    /// The names of the commands, in no particular order.
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.commands.keys().map(|name| &name[..])
    }

    /// The names of the events, in no particular order.
    pub fn events(&self) -> impl Iterator<Item = &str> {
        self.events.keys().map(|name| &name[..])
    }

    /// Whether the server has a command of this name.
    #[must_use]
    pub fn has_command(&self, command: &str) -> bool {
        self.commands.contains_key(command)
    }

    /// Whether the server has this command.
    #[must_use]
    pub fn has<C: Command>(&self) -> bool {
        self.has_command(C::NAME)
    }

    /// Whether the server takes this command with these arguments: whether it has the command, knows all arguments and
    /// their values, and lacks none that it demands.
    ///
    /// A client may be made for another version than the server's, or for several: then its types can express what this
    /// server refuses. Ranges of integers are not judged, since a server does not describe them.
    ///
    /// ```
    /// # use qapi_runtime::client::Capabilities;
    /// # use qapi_runtime::json;
    /// use qapi_runtime::control::command::{QmpCapabilities, QueryVersion};
    ///
    /// # let answer = r#"[{ "name": "query-version", "meta-type": "command", "arg-type": "0" },
    /// #     { "name": "0", "meta-type": "object", "members": [] }]"#;
    /// # let capabilities = Capabilities::from_schema(&json::parse(answer)?)?;
    /// capabilities.supports(&QueryVersion::new())?;
    /// let refused = capabilities.supports(&QmpCapabilities::new()).expect_err("it has no such command");
    /// assert_eq!(refused.to_string(), "the server has no command 'qmp_capabilities'");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first reason why the server would refuse the command, with the argument's path.
    pub fn supports<C: Command>(&self, command: &C) -> Result<(), Unsupported> {
        match Request::new(command) {
            Ok(request) => self.supports_request(&request),
            Err(error) => Err(Unsupported::not_encoded(C::NAME, &error)),
        }
    }

    /// Whether the server takes this request. See [`supports`](Self::supports).
    ///
    /// # Errors
    ///
    /// The first reason why the server would refuse it, with the argument's path.
    pub fn supports_request(&self, request: &Request) -> Result<(), Unsupported> {
        self.judge(request.name(), &request.arguments)
    }

    /// Whether the server has an event of this name.
    #[must_use]
    pub fn has_event(&self, event: &str) -> bool {
        self.events.contains_key(event)
    }

    /// Whether the server has this event.
    #[must_use]
    pub fn emits<E: Event>(&self) -> bool {
        self.has_event(E::NAME)
    }

    /// Whether the command may be executed out-of-band.
    #[must_use]
    pub fn is_out_of_band(&self, command: &str) -> bool {
        self.commands.get(command).is_some_and(|entry| entry.out_of_band)
    }

    /// Whether the command or event has this feature.
    #[must_use]
    pub fn has_feature(&self, name: &str, feature: &str) -> bool {
        let command = self.commands.get(name).map(|entry| &entry.features);
        let event = self.events.get(name).map(|entry| &entry.features);
        command.or(event).is_some_and(|features| features.contains(feature))
    }

    /// Whether the command has an argument at this path.
    #[must_use]
    pub fn has_argument(&self, command: &str, path: &str) -> bool {
        self.arguments(command).is_some_and(|arguments| arguments.member(path).is_some())
    }

    /// Whether the argument at this path is of an enumeration that has this value.
    #[must_use]
    pub fn has_value(&self, command: &str, path: &str, value: &str) -> bool {
        let argument = self.arguments(command).and_then(|arguments| arguments.member(path));
        argument.is_some_and(|argument| argument.ty().has_value(value))
    }

    /// The type of a command's arguments. `None` when there is no such command, or its types are not known.
    #[must_use]
    pub fn arguments(&self, command: &str) -> Option<Type<'_>> {
        self.table.get(&self.commands.get(command)?.arguments)
    }

    /// The type of a command's return value. `None` when there is no such command, or its types are not known.
    #[must_use]
    pub fn returns(&self, command: &str) -> Option<Type<'_>> {
        self.table.get(&self.commands.get(command)?.returns)
    }

    /// The type of an event's data. `None` when there is no such event.
    #[must_use]
    pub fn data(&self, event: &str) -> Option<Type<'_>> {
        self.table.get(&self.events.get(event)?.data)
    }
}

#[cfg(test)]
mod tests;
