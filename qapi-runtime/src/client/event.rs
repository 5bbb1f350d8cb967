//! Events as a client receives them.

use super::EventError;
use crate::json::{Object, Value};
use crate::schema::AnyEvent;
use crate::{Any, Error, Input, Mode, Result};
use std::ops::Deref;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When an event happened, by the server's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Timestamp {
    /// Seconds since the Unix epoch; -1 if the server could not read its clock.
    pub seconds: i64,
    /// Microseconds within the second; -1 if the server could not read its clock.
    pub microseconds: i64,
}

impl Timestamp {
    /// The time, if the server could read its clock.
    #[must_use]
    pub fn time(self) -> Option<SystemTime> {
        let seconds = Duration::from_secs(u64::try_from(self.seconds).ok()?);
        UNIX_EPOCH.checked_add(seconds + Duration::from_micros(u64::try_from(self.microseconds).ok()?))
    }
}

/// An event that is not decoded, borrowing from the parser.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RawEvent<'a> {
    /// The event's name.
    pub name: String,
    /// The event's data: an object, empty if the event has none.
    pub data: Value<'a>,
    /// When the event happened.
    pub timestamp: Timestamp,
}

impl<'a> RawEvent<'a> {
    /// Reads a message that has a member `event`. `None` when that is not a string.
    pub(super) fn read(mut message: Object<'a>) -> Option<RawEvent<'a>> {
        let name = message.get("event")?.as_str()?.to_owned();
        let number = |name| match message.get("timestamp").and_then(|timestamp| timestamp.get(name)) {
            Some(Value::Int(number)) => *number,
            _ => -1,
        };
        let timestamp = Timestamp { seconds: number("seconds"), microseconds: number("microseconds") };
        let data = message.remove("data").unwrap_or_else(|| Value::Object(Object::new()));
        Some(RawEvent { name, data, timestamp })
    }

    /// Clones all borrowed data.
    #[must_use]
    pub fn into_owned(self) -> RawEvent<'static> {
        RawEvent { name: self.name, data: self.data.into_owned(), timestamp: self.timestamp }
    }

    /// Decodes the event.
    ///
    /// # Errors
    ///
    /// The data does not match the schema.
    pub fn decode<E: AnyEvent>(&self) -> Result<Received<E>, EventError> {
        let input = Input::new(&self.data, Mode::Lenient);
        match E::decode(&self.name, input) {
            Ok(event) => Ok(Received { event, timestamp: self.timestamp }),
            Err(error) => Err(self.mismatch(error)),
        }
    }

    pub(super) fn mismatch(&self, error: Error) -> EventError {
        EventError { name: self.name.clone(), data: Any::from(&self.data), error }
    }
}

/// An event with the time when it happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Received<E> {
    /// The event.
    pub event: E,
    /// When it happened.
    pub timestamp: Timestamp,
}

impl<E> Deref for Received<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.event
    }
}
