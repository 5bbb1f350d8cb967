//! Recorded events are decoded into the types of the schema, and sent as any handler would.

use crate::qapi;
use qapi_runtime::json::Value;
use qapi_runtime::{Error, Event, EventSender, Input, Mode, Result};

/// How an event of the schema is sent.
pub(crate) struct Sending {
    name: &'static str,
    send: fn(&EventSender<qapi::Schema>, Input<'_>) -> Result<()>,
}

impl Sending {
    /// For this event.
    pub(crate) const fn of<E: Event<Schema = qapi::Schema>>() -> Self {
        Self {
            name: E::NAME,
            send: |events, data| {
                events.send(&E::decode(data)?);
                Ok(())
            },
        }
    }
}

/// Sends an event as it was recorded.
pub(crate) fn send(events: &EventSender<qapi::Schema>, recorded: &Value<'_>) -> Result<()> {
    let name = recorded.get("event").and_then(Value::as_str).unwrap_or_default();
    let sending = qapi::EVENTS.iter().find(|sending| sending.name == name);
    let sending = sending.ok_or_else(|| Error::generic(format_args!("the schema has no event {name}")))?;
    let options = Mode::Strict;
    match recorded.get("data") {
        Some(data) => (sending.send)(events, Input::new(data, options)),
        None => (sending.send)(events, Input::empty(options)),
    }
}
