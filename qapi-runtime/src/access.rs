//! Which commands a client may run, and which events it gets.
//!
//! An [`Access`] is a value of a session's [`Settings`](crate::session::Settings::access): a monitor may have a socket
//! with full access beside one that only shows what goes on. Dispatch, `query-commands`, `query-qmp-schema` and events
//! follow it alike, so that a client sees a server which does not have the rest: it needs no other way to cope than
//! with an older server.

mod grants;

pub(crate) use grants::Grants;

use crate::Tables;
use std::collections::BTreeSet;
use std::fmt;

/// What one kind of client may do: everything (the default), only look, or what is on a list.
///
/// ```
/// use qapi_runtime::access::Access;
///
/// // May look, but not at the block devices; and may stop the machine.
/// let access = Access::read_only().without(["query-block"]).with(["stop"]);
/// // May ask one thing and hears of one.
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

/// What holds for names that are not mentioned.
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

/// The commands that sessions begin with: without them a client could not say anything.
const FIRST: [&str; 3] = ["guest-sync", "guest-sync-delimited", "qmp_capabilities"];

/// The commands that sessions answer themselves, also where the schema does not have them. Sorted.
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
    /// The schema's convention decides, not what a handler does: a `query-` command that changes something has to be
    /// left [out](Access::without), and one of another name that only looks, as many of a guest agent's, put
    /// [in](Access::with).
    #[must_use]
    pub fn read_only() -> Access {
        Access { rule: Rule::ReadOnly, ..Access::default() }
    }

    /// These commands and these events, no others. `query-version`, `query-commands` and `query-qmp-schema` have to be
    /// on the list, too, if the client is to have them.
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

    /// The same with these commands and events, too. Of several words about a name the last one counts.
    #[must_use]
    pub fn with<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Access {
        for name in names {
            self.without.remove(name);
            self.with.insert(name.to_owned());
        }
        self
    }

    /// The same without these commands and events. Of several words about a name the last one counts.
    #[must_use]
    pub fn without<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Access {
        for name in names {
            self.with.remove(name);
            self.without.insert(name.to_owned());
        }
        self
    }

    /// Whether every name is one that the schema of these tables has.
    /// [`Settings::access`](crate::session::Settings::access) asks, too; a program may ask earlier, when it reads its
    /// configuration.
    ///
    /// # Errors
    ///
    /// The first name that is a mistake: it would have no effect, and a misspelt name would leave a command open.
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

    fn has_command(&self, name: &str) -> bool {
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

    /// What was said about this very name.
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
    /// The list of commands has a name that is no command of the schema.
    NoSuchCommand(String),
    /// The list of events has a name that is no event of the schema.
    NoSuchEvent(String),
    /// A name put in or left out is neither a command nor an event of the schema.
    NoSuchName(String),
    /// A command left out is one that sessions begin with.
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
