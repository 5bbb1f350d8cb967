//! What only generated code needs. Not part of the public interface.

pub use crate::introspection::Entry;

/// The generation of generated code that this runtime serves.
pub const GENERATION: u32 = 1;

/// Refuses, at compile time, code of another generation than this runtime's.
///
/// # Panics
///
/// When the generations differ; in a constant, that is an error of the compiler.
pub const fn assert_generation(generation: u32) {
    assert!(
        generation == GENERATION,
        "this code was generated for another version of qapi-runtime: use versions of qapi-gen and qapi-runtime that belong together, and generate it anew"
    );
}

/// What stands in a dispatcher for the commands that the session answers itself; it is never called by a session.
#[must_use]
pub fn served_by_session(_: crate::Call<'_>) -> crate::Outcome {
    crate::Outcome::Ready(Err(crate::Error::generic("the session answers this command itself")))
}

/// The index of a value's name among those of its enum: the work of `FromStr`.
///
/// # Errors
///
/// The name is not there.
pub fn find_value(name: &str, names: &'static [&'static str]) -> crate::Result<usize> {
    let place = names.iter().position(|other| *other == name);
    place.ok_or_else(|| crate::Error::of(crate::error::Kind::BadValue { value: name.to_owned() }))
}

#[cfg(feature = "serde")]
pub use crate::json::bridge as serde_bridge;
#[cfg(feature = "serde")]
pub use ::serde;
