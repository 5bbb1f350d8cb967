//! All events of a schema as one type.

use crate::Result;
use crate::codec::{Any, Encode, Input, Output};

/// All events of a schema as one type. Generated code implements it for its `Event`.
pub trait AnyEvent: Sized + Send + 'static {
    /// The event of this name. One that the schema does not have is kept as what it is.
    ///
    /// # Errors
    ///
    /// The data is not what the schema says.
    fn decode(name: &str, data: Input<'_>) -> Result<Self>;

    /// The event's name on the wire.
    fn name(&self) -> &str;
}

/// An event that the schema does not know.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UnknownEvent {
    /// Its name.
    pub name: String,
    /// Its data; an empty object when it came without.
    pub data: Any,
}

impl UnknownEvent {
    /// The event of this name.
    ///
    /// # Errors
    ///
    /// None at present.
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
