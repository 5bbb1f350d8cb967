//! Built-in types of QAPI that have no counterpart in Rust.

use super::{Decode, Encode, Input, Output};
use crate::Result;
use crate::json::Value;

/// QAPI's `null`: the type whose only value is JSON's `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Null;

impl Decode for Null {
    fn decode(input: Input<'_>) -> Result<Self> {
        match input.value() {
            Value::Null => Ok(Self),
            _ => Err(input.wrong_type("null")),
        }
    }
}

impl Encode for Null {
    fn encode(&self, out: &mut Output) {
        out.null();
    }
}

/// QAPI's `QType`: the types of JSON values, as QEMU names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QType {
    /// No value at all.
    None,
    /// `null`.
    Qnull,
    /// A number.
    Qnum,
    /// A string.
    Qstring,
    /// An object.
    Qdict,
    /// An array.
    Qlist,
    /// `true` or `false`.
    Qbool,
}

impl QType {
    /// The names on the wire, in the order of the variants.
    pub const NAMES: &'static [&'static str] =
        &["none", "qnull", "qnum", "qstring", "qdict", "qlist", "qbool"];

    const ALL: [Self; 7] =
        [Self::None, Self::Qnull, Self::Qnum, Self::Qstring, Self::Qdict, Self::Qlist, Self::Qbool];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        Self::NAMES[*self as usize]
    }
}

impl core::fmt::Display for QType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Decode for QType {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.enum_closed(Self::NAMES, &[]).map(|index| Self::ALL[index])
    }
}

impl Encode for QType {
    fn encode(&self, out: &mut Output) {
        out.string(self.as_str());
    }
}
