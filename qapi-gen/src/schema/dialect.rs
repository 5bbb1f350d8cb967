//! The dialect of the protocol that a schema is for.

use super::Schema;

/// The command that only guest agents have. A schema that defines it is a guest agent's.
const STARTS_AGENT: &str = "guest-sync-delimited";

/// A dialect of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The monitor's: the server sends a greeting and negotiates capabilities.
    Monitor,
    /// The guest agent's, without greeting and negotiation.
    Agent,
}

impl Schema {
    /// The dialect that servers of this schema speak.
    pub fn dialect(&self) -> Dialect {
        match self.definitions.find(|definition| definition.name == STARTS_AGENT) {
            Some(_) => Dialect::Agent,
            None => Dialect::Monitor,
        }
    }
}
