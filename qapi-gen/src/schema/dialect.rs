//! Which dialect of the protocol a schema is for.

use super::Schema;

/// The command that starts the guest agent's dialect, and so tells its schemas.
const STARTS_AGENT: &str = "guest-sync-delimited";

/// A dialect of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A monitor's: it greets, and negotiates capabilities.
    Monitor,
    /// A guest agent's: it does neither.
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
