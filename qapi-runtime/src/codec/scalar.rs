//! Decodes integers, booleans and numbers: one function for all widths, to keep generated code small.

use super::{Input, Mode, text};
use crate::Result;
use crate::json::Value;

/// What an error says that a `size` expects on a command line. In JSON, errors call it `uint64`.
const SIZE: &str = "a size below 2^64, with an optional suffix k, M, G, T, P or E";

impl Input<'_> {
    /// Decodes a signed integer of a type with this range and C name.
    pub(super) fn signed(self, min: i64, max: i64, name: &'static str) -> Result<i64> {
        let number = match self.value {
            Value::Int(number) => *number,
            Value::String(digits) if self.mode() == Mode::Keyval => {
                text::parse_signed(digits).ok_or_else(|| self.expects("integer"))?
            }
            _ => return Err(self.wrong_type("integer")),
        };
        if (min..=max).contains(&number) { Ok(number) } else { Err(self.expects(name)) }
    }

    /// Decodes an unsigned integer of a type with this range and C name. Negative numbers are out of range for every
    /// width.
    pub(super) fn unsigned(self, max: u64, name: &'static str) -> Result<u64> {
        let number = match self.value {
            Value::UInt(number) => *number,
            Value::Int(number) => u64::try_from(*number).map_err(|_| self.expects(name))?,
            Value::String(digits) if self.mode() == Mode::Keyval => {
                // `u64` stands for both `uint64` and `size` of QAPI, so both accept suffixes.
                let number =
                    if max == u64::MAX { text::parse_size(digits) } else { text::parse_unsigned(digits) };
                number.ok_or_else(|| self.expects(self.widest_unsigned()))?
            }
            _ => return Err(self.expects("uint64")),
        };
        if number <= max { Ok(number) } else { Err(self.expects(name)) }
    }

    /// Decodes an integer that may be signed or unsigned.
    pub(super) fn integer(self) -> Result<i128> {
        match self.value {
            Value::Int(number) => Ok((*number).into()),
            Value::UInt(number) => Ok((*number).into()),
            Value::String(digits) if self.mode() == Mode::Keyval => {
                let number = text::parse_signed(digits).map(i128::from);
                let number = number.or_else(|| text::parse_unsigned(digits).map(i128::from));
                number.ok_or_else(|| self.expects("integer"))
            }
            _ => Err(self.wrong_type("integer")),
        }
    }

    /// What an error says that an unsigned integer expects, before its range is checked.
    fn widest_unsigned(self) -> &'static str {
        if self.cx.sizes { SIZE } else { "uint64" }
    }

    pub(super) fn boolean(self) -> Result<bool> {
        match self.value {
            Value::Bool(value) => Ok(*value),
            Value::String(word) if self.mode() == Mode::Keyval => {
                text::parse_bool(word).ok_or_else(|| self.expects("'on' or 'off'"))
            }
            _ => Err(self.wrong_type("boolean")),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "QAPI's number is a double, whatever was sent")]
    pub(super) fn number(self) -> Result<f64> {
        let number = match self.value {
            Value::Float(number) => *number,
            Value::Int(number) => *number as f64,
            Value::UInt(number) => *number as f64,
            Value::String(digits) if self.mode() == Mode::Keyval => {
                text::parse_number(digits).ok_or_else(|| self.expects("number"))?
            }
            _ => return Err(self.wrong_type("number")),
        };
        // 1e400 is valid JSON, but becomes infinity, which no reply could carry.
        if number.is_finite() { Ok(number) } else { Err(self.expects("a finite number")) }
    }
}
