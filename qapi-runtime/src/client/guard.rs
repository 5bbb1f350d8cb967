//! What one handle of a client may send.

use super::CommandErrorKind;
use crate::Tables;
use crate::access::{Access, AccessError};
use std::sync::Arc;

/// The accesses that a handle is limited to: a command has to be in each of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard(Vec<Arc<Access>>);

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
        Ok(self.and(&Guard(vec![Arc::new(access.clone())])))
    }

    /// What both grant.
    pub(super) fn and(&self, other: &Guard) -> Guard {
        Guard(self.0.iter().chain(&other.0).cloned().collect())
    }

    /// Checks a command before it is sent.
    pub(super) fn check(&self, command: &str) -> Result<(), CommandErrorKind> {
        let is_granted = self.0.iter().all(|access| access.has_command(command));
        if is_granted { Ok(()) } else { Err(CommandErrorKind::LeftOut) }
    }
}
