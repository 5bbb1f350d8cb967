//! Replies on the wire.

use crate::ErrorClass;
use crate::client::Refusal;
use crate::json::{Object, Value};

/// The id of a reply.
#[derive(Debug, PartialEq)]
pub(super) enum Id {
    /// Missing: the server could not read the request, or does not echo ids.
    None,
    Number(i64),
    /// Not an id that this client sends.
    Foreign,
}

#[derive(Debug)]
pub(super) struct Reply<'a> {
    pub(super) id: Id,
    pub(super) result: Result<Value<'a>, Refusal>,
}

/// Reads a message that is not an event. `None` when it is not a reply either.
pub(super) fn read(mut message: Object<'_>) -> Option<Reply<'_>> {
    let id = match message.get("id") {
        None => Id::None,
        Some(Value::Int(number)) => Id::Number(*number),
        Some(_) => Id::Foreign,
    };
    let result = match (message.remove("return"), message.get("error")) {
        (Some(value), _) => Ok(value),
        (None, Some(error)) => Err(read_error(error)),
        (None, None) => return None,
    };
    Some(Reply { id, result })
}

pub(super) fn read_error(error: &Value<'_>) -> Refusal {
    let text = |name| error.get(name).and_then(Value::as_str).unwrap_or_default();
    Refusal { class: ErrorClass::from(text("class")), desc: text("desc").to_owned() }
}
