//! Why a subscription has no next event.

use super::Gone;
use crate::{Any, Error};
use std::time::Duration;
use std::{error, fmt};

/// An event whose data does not match the schema. The stream continues after it.
#[derive(Debug)]
#[non_exhaustive]
pub struct EventError {
    /// The event's name.
    pub name: String,
    /// The data as received.
    pub data: Any,
    /// What does not match, with the path to the member.
    pub error: Error,
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the event {} is not what the schema says", self.name)
    }
}

impl error::Error for EventError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Why there is no next event.
#[derive(Debug)]
#[non_exhaustive]
pub enum NextError {
    /// No event arrived in this time. The subscription continues.
    Timeout(Duration),
    /// The connection has ended, and all events before the end were returned.
    Gone(Gone),
    /// An event does not match the schema. The subscription continues after it.
    Event(EventError),
}

impl fmt::Display for NextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NextError::Timeout(limit) => write!(f, "no event within {limit:?}"),
            NextError::Gone(_) => f.write_str("no further event: the connection has ended"),
            NextError::Event(_) => f.write_str("an event cannot be decoded"),
        }
    }
}

impl error::Error for NextError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            NextError::Timeout(_) => None,
            NextError::Gone(reason) => Some(reason),
            NextError::Event(error) => Some(error),
        }
    }
}
