//! All events of a schema as one type.

use crate::Result;
use crate::codec::{Any, Encode, Input, Output};

/// All events of a schema as one type. Generated code implements it for its `Event`.
pub trait AnyEvent: Sized + Send + 'static {
    /// Decodes the event of this name. An event that the schema does not have is kept undecoded.
    ///
    /// # Errors
    ///
    /// The data does not match the schema.
    fn decode(name: &str, data: Input<'_>) -> Result<Self>;

    /// The event's name on the wire.
    fn name(&self) -> &str;
}

/// An event that the schema does not know.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UnknownEvent {
    /// The event's name.
    pub name: String,
    /// The event's data. An empty object if it has none.
    pub data: Any,
}

impl UnknownEvent {
    /// Keeps the event of this name.
    ///
    /// # Errors
    ///
    /// Currently none.
    #[doc(hidden)]
    pub fn new(name: &str, data: Input<'_>) -> Result<UnknownEvent> {
        Ok(UnknownEvent { name: name.to_owned(), data: Any::from(data.value()) })
    }
}

impl Encode for UnknownEvent {
    fn encode(&self, out: &mut Output) {
        self.data.encode(out);
    }
}

impl AnyEvent for UnknownEvent {
    fn decode(name: &str, data: Input<'_>) -> Result<UnknownEvent> {
        UnknownEvent::new(name, data)
    }

    fn name(&self) -> &str {
        &self.name
    }
}
