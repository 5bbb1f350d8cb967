//! The integer types of QAPI.

use super::{Decode, Encode, Input, Output};
use crate::Result;

macro_rules! integers {
    ($($type:ty, $wide:ty, $read:ident($($bound:expr),+), $write:ident, $name:literal;)+) => {$(
        impl Decode for $type {
            fn decode(input: Input<'_>) -> Result<Self> {
                let wide = input.$read($($bound),+, $name)?;
                // The range was checked in the wide type.
                Ok(wide as $type)
            }
        }

        impl Encode for $type {
            fn encode(&self, out: &mut Output) {
                out.$write(<$wide>::from(*self));
            }
        }
    )+};
}

/// An integer whose width is not known: all values of `int64` and `uint64`.
impl Decode for i128 {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.integer()
    }
}

impl Encode for i128 {
    fn encode(&self, out: &mut Output) {
        out.integer(*self);
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::unnecessary_cast,
    clippy::useless_conversion,
    clippy::cast_lossless
)]
mod impls {
    use super::*;

    integers! {
        i8, i64, signed(i8::MIN as i64, i8::MAX as i64), int, "int8_t";
        i16, i64, signed(i16::MIN as i64, i16::MAX as i64), int, "int16_t";
        i32, i64, signed(i32::MIN as i64, i32::MAX as i64), int, "int32_t";
        i64, i64, signed(i64::MIN, i64::MAX), int, "int64_t";
        u8, u64, unsigned(u8::MAX as u64), uint, "uint8_t";
        u16, u64, unsigned(u16::MAX as u64), uint, "uint16_t";
        u32, u64, unsigned(u32::MAX as u64), uint, "uint32_t";
        u64, u64, unsigned(u64::MAX), uint, "uint64";
    }
}
