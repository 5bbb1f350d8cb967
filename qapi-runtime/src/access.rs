//! Which commands a client may run, and which events it receives.
//!
//! A server decides it for each session, and a client may limit itself.
//!
//! Each session has an [`Access`] in its [`Settings`](crate::session::Settings::access). So a monitor can have one
//! socket with full access and another one that is read-only. Dispatch, `query-commands`, `query-qmp-schema` and events
//! all follow it: a client sees a server without the other commands and events, as if the server were an older version.
//!
//! A client that `Client::limited` limits to an access refuses the other commands itself, before it sends anything. It does
//! so to prevent mistakes; only the server can keep out a program that is not trusted.

#[cfg(feature = "server")]
mod grants;

#[cfg(feature = "server")]
pub(crate) use grants::Grants;

use crate::Tables;
use std::collections::BTreeSet;
use std::fmt;

/// What a client may do: everything (the default), read only, or what is listed.
///
/// ```
/// use qapi_runtime::access::Access;
///
/// // Read-only without the block devices, but allowed to stop the machine.
/// let access = Access::read_only().without(["query-block"]).with(["stop"]);
/// // One command and one event.
/// let narrow = Access::only(["query-status"], ["SHUTDOWN"]);
/// # assert_ne!(access, narrow);
/// ```
///
/// `qmp_capabilities`, `guest-sync` and `guest-sync-delimited` are part of every access, because sessions begin with
/// them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Access {
    rule: Rule,
    with: BTreeSet<String>,
    without: BTreeSet<String>,
}

/// The rule for names that are in neither of the two sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
enum Rule {
    #[default]
    Everything,
    ReadOnly,
    Only {
        commands: BTreeSet<String>,
        events: BTreeSet<String>,
    },
}

/// The commands that sessions begin with. Without them a client could run no other command.
const FIRST: [&str; 3] = ["guest-sync", "guest-sync-delimited", "qmp_capabilities"];

/// The commands that sessions answer themselves, even if the schema does not have them. Sorted.
const SERVED: [&str; 6] = [
    "guest-sync",
    "guest-sync-delimited",
    "qmp_capabilities",
    "query-commands",
    "query-qmp-schema",
    "query-version",
];

impl Access {
    /// All commands and all events.
    #[must_use]
    pub fn everything() -> Access {
        Access::default()
    }

    /// Commands whose names begin with `query-`, and all events.
    ///
    /// The name decides, by the schema's convention, not what a handler does. [Remove](Access::without) a `query-`
    /// command that changes something, and [add](Access::with) commands of other names that only read, such as many of
    /// a guest agent's.
    #[must_use]
    pub fn read_only() -> Access {
        Access { rule: Rule::ReadOnly, ..Access::default() }
    }

    /// Only these commands and events. `query-version`, `query-commands` and `query-qmp-schema` must be listed as well,
    /// if the client may use them.
    #[must_use]
    pub fn only<'a>(
        commands: impl IntoIterator<Item = &'a str>,
        events: impl IntoIterator<Item = &'a str>,
    ) -> Access {
        let rule = Rule::Only {
            commands: commands.into_iter().map(str::to_owned).collect(),
            events: events.into_iter().map(str::to_owned).collect(),
        };
        Access { rule, ..Access::default() }
    }

    /// Adds these commands and events. The last call that mentions a name decides.
    #[must_use]
    pub fn with<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Access {
        for name in names {
            self.without.remove(name);
            self.with.insert(name.to_owned());
        }
        self
    }

    /// Removes these commands and events. The last call that mentions a name decides.
    #[must_use]
    pub fn without<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Access {
        for name in names {
            self.with.remove(name);
            self.without.insert(name.to_owned());
        }
        self
    }

    /// Checks that the schema of these tables has every name. [`Settings::access`](crate::session::Settings::access)
    /// checks this as well; a program can check earlier, when it reads its configuration.
    ///
    /// # Errors
    ///
    /// The first wrong name. Without this check a misspelt name would have no effect, and could leave a command
    /// allowed.
    pub fn check(&self, tables: &Tables) -> Result<(), AccessError> {
        if let Rule::Only { commands, events } = &self.rule {
            if let Some(name) = commands.iter().find(|name| !is_command(name, tables)) {
                return Err(AccessError::NoSuchCommand(name.clone()));
            }
            if let Some(name) = events.iter().find(|name| !is_event(name, tables)) {
                return Err(AccessError::NoSuchEvent(name.clone()));
            }
        }
        let mut names = self.with.iter().chain(&self.without);
        if let Some(name) = names.find(|name| !is_command(name, tables) && !is_event(name, tables)) {
            return Err(AccessError::NoSuchName(name.clone()));
        }
        match self.without.iter().find(|name| FIRST.contains(&&***name)) {
            Some(name) => Err(AccessError::Needed(name.clone())),
            None => Ok(()),
        }
    }

    pub(crate) fn has_command(&self, name: &str) -> bool {
        FIRST.contains(&name)
            || self.decided(name).unwrap_or_else(|| match &self.rule {
                Rule::Everything => true,
                Rule::ReadOnly => name.starts_with("query-"),
                Rule::Only { commands, .. } => commands.contains(name),
            })
    }

    fn has_event(&self, name: &str) -> bool {
        self.decided(name).unwrap_or_else(|| match &self.rule {
            Rule::Everything | Rule::ReadOnly => true,
            Rule::Only { events, .. } => events.contains(name),
        })
    }

    /// Whether this name was added or removed explicitly.
    fn decided(&self, name: &str) -> Option<bool> {
        if self.with.contains(name) { Some(true) } else { self.without.contains(name).then_some(false) }
    }
}

fn is_command(name: &str, tables: &Tables) -> bool {
    tables.find(name).is_some() || SERVED.contains(&name)
}

fn is_event(name: &str, tables: &Tables) -> bool {
    tables.find_event(name).is_some()
}

/// Why an [`Access`] does not fit a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessError {
    /// A listed command is not in the schema.
    NoSuchCommand(String),
    /// A listed event is not in the schema.
    NoSuchEvent(String),
    /// An added or removed name is neither a command nor an event of the schema.
    NoSuchName(String),
    /// A removed command is one that sessions begin with.
    Needed(String),
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AccessError::NoSuchCommand(name) => write!(f, "the schema has no command '{name}'"),
            AccessError::NoSuchEvent(name) => write!(f, "the schema has no event '{name}'"),
            AccessError::NoSuchName(name) => write!(f, "the schema has no command or event '{name}'"),
            AccessError::Needed(name) => {
                write!(f, "the command '{name}' cannot be left out: sessions begin with it")
            }
        }
    }
}

impl std::error::Error for AccessError {}
