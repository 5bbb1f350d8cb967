//! What generated code runs on.

pub mod codec;
pub mod introspection;
pub mod json;
pub mod keyval;
#[doc(hidden)]
pub mod private;

mod any;
mod error;

mod macros;

pub use any::{Any, Null, QType};
pub use codec::{Decode, DecodeMembers, Encode, EncodeMembers, Features, Input, JsonKind, Members, Mode};
pub use error::{Error, ErrorClass, OrGeneric, Result};
