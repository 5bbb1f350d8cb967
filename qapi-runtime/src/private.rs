//! What only generated code needs. Not part of the public interface.

pub use crate::codec::JsonKind as Kind;
pub use crate::introspection::render as render_introspection;
pub use crate::tables::{Entry, EnumPlaces};
pub use crate::{
    __attempt as attempt, __closed_enum as closed_enum, __device as device, __impl_serde as impl_serde,
    __newtype as newtype, __open_enum as open_enum, __property_values as property_values, __record as record,
};

/// The version of generated code that this runtime supports.
pub const GENERATION: u32 = 1;

/// Refuses generated code of another version at compile time.
///
/// # Panics
///
/// When the versions differ. In a constant, that is a compile error.
pub const fn assert_generation(generation: u32) {
    assert!(
        generation == GENERATION,
        "this code was generated for another version of qapi-runtime: use versions of qapi-gen and qapi-runtime that belong together, and generate it anew"
    );
}

/// The placeholder in a dispatcher for commands that the session answers itself. A session never calls it.
#[must_use]
pub fn served_by_session(_: crate::Call<'_>) -> crate::Outcome {
    crate::Outcome::Ready(Err(crate::Error::generic("the session answers this command itself")))
}

/// Finds a value by name, for an enum's `FromStr`.
///
/// # Errors
///
/// The enum has no value of this name.
#[inline]
pub fn parse_enum<T: Clone>(
    name: &str,
    names: &'static [&'static str],
    values: &'static [T],
) -> crate::Result<T> {
    Ok(values[find_value(name, names)?].clone())
}

/// The index of a value's name among those of its enum.
pub(crate) fn find_value(name: &str, names: &'static [&'static str]) -> crate::Result<usize> {
    let place = names.iter().position(|other| *other == name);
    place.ok_or_else(|| crate::Error::of(crate::error::Kind::BadValue { value: name.to_owned() }))
}

// Code that is the same for every type is here once, so that the many generated bodies are short: the time to compile a
// schema is proportional to the calls and branches in its code.

/// Decodes a value of an enum that cannot keep unknown values.
///
/// # Errors
///
/// Those of [`Input::enum_closed`](crate::Input::enum_closed).
#[inline]
pub fn decode_enum<T: Copy>(
    input: crate::Input<'_>,
    names: &'static [&'static str],
    features: &'static [crate::Features],
    values: &'static [T],
) -> crate::Result<T> {
    Ok(values[input.enum_closed(names, features)?])
}

/// Decodes an object with the members of `T`.
///
/// # Errors
///
/// Those of [`Input::object`](crate::Input::object) and of the members.
#[inline]
pub fn decode_record<T: crate::DecodeMembers>(input: crate::Input<'_>) -> crate::Result<T> {
    input.object(T::decode_members)
}

/// Encodes an object with the members of `T`.
#[inline]
pub fn encode_record<T: crate::EncodeMembers>(value: &T, out: &mut crate::Output) {
    out.object(|out| value.encode_members(out));
}

#[cfg(feature = "serde")]
pub use crate::codec::bridge as serde_bridge;
#[cfg(feature = "serde")]
pub use ::serde;
