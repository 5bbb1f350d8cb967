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

#[cfg(feature = "serde")]
pub use crate::json::bridge as serde_bridge;
#[cfg(feature = "serde")]
pub use ::serde;
