//! An encoded event.

use crate::clock::Moment;
use crate::{Error, Event, Input, Mode, Result, json};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// An event that was sent, as an encoded line. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Record(Arc<Lines>);

#[derive(Debug)]
struct Lines {
    /// The range of the event's name in the compact line.
    name: Range<usize>,
    data: Option<Vec<u8>>,
    compact: Vec<u8>,
    pretty: OnceLock<Vec<u8>>,
}

impl Record {
    /// Encodes the event `name` with its encoded data, if it has any.
    #[doc(hidden)]
    #[must_use]
    pub fn new(name: &str, data: Option<Vec<u8>>, at: Moment) -> Record {
        let mut compact = format!(
            "{{\"timestamp\": {{\"seconds\": {}, \"microseconds\": {}}}, \"event\": \"{name}\"",
            at.unix.as_secs(),
            at.unix.subsec_micros()
        )
        .into_bytes();
        // The name ends before its closing quotation mark.
        let end = compact.len() - 1;
        if let Some(data) = &data {
            compact.extend_from_slice(b", \"data\": ");
            compact.extend_from_slice(data);
        }
        compact.extend_from_slice(b"}\r\n");
        Record(Arc::new(Lines { name: end - name.len()..end, data, compact, pretty: OnceLock::new() }))
    }

    /// The event's name.
    #[must_use]
    pub fn name(&self) -> &str {
        // The bytes were copied from a `str`.
        std::str::from_utf8(&self.0.compact[self.0.name.clone()]).unwrap_or_default()
    }

    /// The line including CRLF. The pretty form is rendered on first use.
    #[must_use]
    pub fn line(&self, pretty: bool) -> &[u8] {
        if pretty { self.0.pretty.get_or_init(|| json::pretty(&self.0.compact)) } else { &self.0.compact }
    }

    /// Decodes the event as `E`. `None` when it is a different event.
    ///
    /// # Errors
    ///
    /// The data does not match the type, for instance when the event is from another schema.
    #[must_use]
    pub fn decode<E: Event>(&self) -> Option<Result<E>> {
        if self.name() != E::NAME {
            return None;
        }
        let data = self.0.data.as_deref().unwrap_or(b"{}");
        // The data was encoded as ASCII JSON.
        let value = json::parse(std::str::from_utf8(data).unwrap_or_default()).map_err(Error::from);
        Some(value.and_then(|value| E::decode(Input::new(&value, Mode::Lenient))))
    }

    /// The JSON text of a member of the data, or an empty string. The throttle uses it to distinguish sources.
    pub(crate) fn member(&self, name: &str) -> String {
        let data: Option<serde_json::Value> =
            self.0.data.as_ref().and_then(|data| serde_json::from_slice(data).ok());
        data.as_ref().and_then(|data| data.get(name)).map(ToString::to_string).unwrap_or_default()
    }
}
