//! What a connection logs: its course at debug level, each message at trace level.
//!
//! What messages hold may be secret: arguments, return values, descriptions of errors and the data of events appear only
//! if the options say so. Text of the server is escaped, so that it stays within its line.

use super::{CallId, RawEvent, Refusal};
use crate::Escaped;
use crate::client::{Gone, Greeting};
use crate::json::{Value, to_string};
use std::fmt::Display;

/// Logs for one connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Log {
    /// The upper half of the connection's ids.
    pub(super) connection: u32,
    pub(super) contents: bool,
}

impl Log {
    pub(super) fn greeted(self, greeting: &Greeting) {
        let (connection, version) = (self.connection, Escaped::new(&greeting.version));
        tracing::debug!(connection, %version, "the server greeted");
    }

    pub(super) fn ready(self, out_of_band: bool) {
        tracing::debug!(connection = self.connection, out_of_band, "ready for commands");
    }

    pub(super) fn skipped(self) {
        tracing::debug!(connection = self.connection, "a message to an earlier client was skipped");
    }

    pub(super) fn ended(self, reason: &Gone) {
        tracing::debug!(connection = self.connection, reason = %Escaped::sentence(reason), "the connection ended");
    }

    pub(super) fn sent(self, id: CallId, command: &str, arguments: &[u8]) {
        let id = id.0;
        if self.contents {
            let arguments = String::from_utf8_lossy(arguments);
            tracing::trace!(id, command = %Escaped::new(command), arguments = %whole(arguments), "sent");
        } else {
            tracing::trace!(id, command = %Escaped::new(command), "sent");
        }
    }

    pub(super) fn replied(self, id: CallId, result: &Result<Value<'_>, Refusal>) {
        let id = id.0;
        match result {
            Ok(value) if self.contents => tracing::trace!(id, value = %whole(to_string(value)), "reply"),
            Ok(_) => tracing::trace!(id, "reply"),
            Err(refusal) if self.contents => tracing::trace!(id, error = %whole(refusal), "error reply"),
            Err(refusal) => tracing::trace!(id, class = %Escaped::new(&refusal.class), "error reply"),
        }
    }

    pub(super) fn event(self, event: &RawEvent<'_>) {
        let (connection, name) = (self.connection, Escaped::new(&event.name));
        if self.contents {
            tracing::trace!(connection, %name, data = %whole(to_string(&event.data)), "event");
        } else {
            tracing::trace!(connection, %name, "event");
        }
    }
}

fn whole<T: Display>(text: T) -> Escaped<T> {
    Escaped::new(text).limit(usize::MAX)
}
