use core::fmt;

/// The class of an error reply.
///
/// The set is open, as in QMP: a newer server may send a class that is not listed here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Any error that clients need not distinguish from others.
    #[default]
    GenericError,
    /// There is no such command, or it is not available in the session's current state.
    CommandNotFound,
    /// A device exists but is not active.
    DeviceNotActive,
    /// There is no such device.
    DeviceNotFound,
    /// The host's hypervisor lacks a capability.
    KVMMissingCap,
    /// A class that is not listed here.
    Other(String),
}

impl ErrorClass {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::GenericError => "GenericError",
            Self::CommandNotFound => "CommandNotFound",
            Self::DeviceNotActive => "DeviceNotActive",
            Self::DeviceNotFound => "DeviceNotFound",
            Self::KVMMissingCap => "KVMMissingCap",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<&str> for ErrorClass {
    fn from(name: &str) -> Self {
        match name {
            "GenericError" => Self::GenericError,
            "CommandNotFound" => Self::CommandNotFound,
            "DeviceNotActive" => Self::DeviceNotActive,
            "DeviceNotFound" => Self::DeviceNotFound,
            "KVMMissingCap" => Self::KVMMissingCap,
            other => Self::Other(other.to_owned()),
        }
    }
}
