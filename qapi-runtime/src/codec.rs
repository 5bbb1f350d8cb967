//! Conversion between JSON and Rust types: the traits that generated code implements, and the functions that it calls.
//!
//! [`Decode`] and [`DecodeMembers`] read a borrowed tree, [`Encode`] and [`EncodeMembers`] write bytes. The traits are
//! small and not generic over a format, so that a large schema compiles fast; code that does not depend on the type is
//! shared in [`Input`], [`Members`] and [`Output`].

mod alternate;
mod any;
#[cfg(feature = "serde")]
pub mod bridge;
mod builtin;
mod features;
mod input;
mod integer;
mod members;
mod mode;
mod null;
mod output;
mod policy;
mod scalar;
mod stack;
#[cfg(test)]
mod tests;
mod text;
mod unknown;

pub use any::Any;
pub use features::Features;
pub use input::{Input, JsonKind};
pub use members::Members;
pub use mode::{Leniency, Mode};
pub use null::{Null, QType};
pub use output::Output;
pub(crate) use output::encode;
pub use policy::{InputPolicy, OutputPolicy, Policy};
pub use unknown::UnknownBranch;

use crate::Result;

/// A type that can be decoded from a JSON value.
pub trait Decode: Sized {
    /// Decodes a value of this type.
    ///
    /// # Errors
    ///
    /// The first fault of the input in schema order, with its path.
    fn decode(input: Input<'_>) -> Result<Self>;
}

/// A type whose members can be decoded from an object that also has other members: a struct, a union, or the base or a
/// branch of one.
pub trait DecodeMembers: Sized {
    /// Decodes this type's members and leaves the others to the caller.
    ///
    /// # Errors
    ///
    /// The first fault of the input in schema order, with its path.
    fn decode_members(members: &mut Members<'_>) -> Result<Self>;
}

/// A type that can be encoded as a JSON value.
pub trait Encode {
    /// Writes one value. [`Output::finish`] returns the first error.
    fn encode(&self, out: &mut Output);
}

/// A type that can write its members into an open object.
pub trait EncodeMembers {
    /// Writes the members, in schema order.
    fn encode_members(&self, out: &mut Output);
}
