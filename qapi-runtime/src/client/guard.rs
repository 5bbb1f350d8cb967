//! What one handle of a client may send.

use super::CommandErrorKind;
use crate::Tables;
use crate::access::{Access, AccessError};
use std::sync::Arc;

/// The accesses that a handle is limited to: a command has to be in each of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard(Option<Arc<Limit>>);

#[derive(Debug)]
struct Limit {
    access: Access,
    outer: Guard,
}

impl Guard {
    /// Limits it further.
    ///
    /// # Errors
    ///
    /// The access does not fit these tables. Empty tables say nothing about the server, so any access fits them.
    pub(super) fn limited(&self, access: &Access, tables: &Tables) -> Result<Guard, AccessError> {
        if !(tables.commands.is_empty() && tables.events.is_empty()) {
            access.check(tables)?;
        }
        Ok(Guard(Some(Arc::new(Limit { access: access.clone(), outer: self.clone() }))))
    }

    /// Checks a command before it is sent.
    pub(super) fn check(&self, command: &str) -> Result<(), CommandErrorKind> {
        match &self.0 {
            None => Ok(()),
            Some(limit) if limit.access.has_command(command) => limit.outer.check(command),
            Some(_) => Err(CommandErrorKind::LeftOut),
        }
    }
}
