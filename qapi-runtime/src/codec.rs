//! Between JSON and Rust: what generated code implements and calls.
//!
//! [`Decode`] and [`DecodeMembers`] read a borrowed tree, [`Encode`] and [`EncodeMembers`] write bytes. The traits are
//! small and not generic over a format, so that a large schema compiles fast; what does not depend on the type is out of
//! line in [`Input`], [`Members`] and [`Output`].

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

/// A type that can be read from a JSON value.
pub trait Decode: Sized {
    /// Reads a value of this type.
    ///
    /// # Errors
    ///
    /// The first fault of the input in schema order, with the path to it.
    fn decode(input: Input<'_>) -> Result<Self>;
}

/// A type whose members can be read from an object, beside those of others: a struct, a union, the base or a branch of
/// one.
pub trait DecodeMembers: Sized {
    /// Reads this type's members; the rest is left to the caller.
    ///
    /// # Errors
    ///
    /// The first fault of the input in schema order, with the path to it.
    fn decode_members(members: &mut Members<'_>) -> Result<Self>;
}

/// A type that can be written as a JSON value.
pub trait Encode {
    /// Writes one value. A fault is kept, see [`Output::finish`].
    fn encode(&self, out: &mut Output);
}

/// A type that can write its members into an object which is open.
pub trait EncodeMembers {
    /// Writes the members, in schema order.
    fn encode_members(&self, out: &mut Output);
}
