//! The built-in types.

use super::Builtin;
use std::collections::BTreeSet;
use std::fmt;

/// The JSON type of a value. An alternate distinguishes its alternatives by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum JsonType {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

/// What the string types of an alternate claim: on a command line (keyval) numbers and booleans are strings.
impl JsonType {
    /// The JSON types that `str` claims.
    pub(crate) fn of_strings() -> BTreeSet<Self> {
        BTreeSet::from([Self::String, Self::Number, Self::Bool])
    }

    /// The JSON types that an enum with these values claims: those that its values look like.
    pub(crate) fn of_values<'a>(values: impl Iterator<Item = &'a str>) -> BTreeSet<Self> {
        let mut types = BTreeSet::from([Self::String]);
        for value in values {
            if matches!(value, "on" | "off") {
                types.insert(Self::Bool);
            }
            if value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
                types.insert(Self::Number);
            }
        }
        types
    }
}

impl fmt::Display for JsonType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        })
    }
}

impl Builtin {
    /// All built-in types.
    pub const ALL: [Self; 16] = [
        Self::Str,
        Self::Number,
        Self::Int,
        Self::Int8,
        Self::Int16,
        Self::Int32,
        Self::Int64,
        Self::Uint8,
        Self::Uint16,
        Self::Uint32,
        Self::Uint64,
        Self::Size,
        Self::Bool,
        Self::Null,
        Self::Any,
        Self::QType,
    ];

    /// The name in the schema language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Str => "str",
            Self::Number => "number",
            Self::Int => "int",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Size => "size",
            Self::Bool => "bool",
            Self::Null => "null",
            Self::Any => "any",
            Self::QType => "QType",
        }
    }

    /// The type with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|builtin| builtin.name() == name)
    }

    /// Whether it is one of the integer types, which differ only in their ranges.
    pub fn is_integer(self) -> bool {
        self.range().is_some()
    }

    /// The least and the greatest value of an integer type.
    pub fn range(self) -> Option<(i128, i128)> {
        let signed = |bits: u32| Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1));
        let unsigned = |bits: u32| Some((0, (1 << bits) - 1));
        match self {
            Self::Int | Self::Int64 => signed(64),
            Self::Int8 => signed(8),
            Self::Int16 => signed(16),
            Self::Int32 => signed(32),
            Self::Uint8 => unsigned(8),
            Self::Uint16 => unsigned(16),
            Self::Uint32 => unsigned(32),
            Self::Uint64 | Self::Size => unsigned(64),
            Self::Str | Self::Number | Self::Bool | Self::Null | Self::Any | Self::QType => None,
        }
    }

    /// The integer type with the values of all these integer types: the type itself if they are the same, else the
    /// narrowest. `None` if no type has them all.
    #[cfg(feature = "import")]
    pub(crate) fn narrowest(types: &[Self]) -> Option<Self> {
        if let [first, rest @ ..] = types
            && rest.iter().all(|other| other == first)
        {
            return Some(*first);
        }
        INTEGERS.into_iter().find(|one| {
            let mut ranges = types.iter().filter_map(|one| one.range());
            one.range()
                .is_some_and(|(low, high)| ranges.all(|(least, greatest)| low <= least && greatest <= high))
        })
    }

    /// The values of `QType`, which is an ordinary enumeration.
    pub const QTYPE_VALUES: [&'static str; 7] =
        ["none", "qnull", "qnum", "qstring", "qdict", "qlist", "qbool"];

    /// The JSON type of its values; `None` for `any`.
    pub fn json_type(self) -> Option<JsonType> {
        match self {
            Self::Str | Self::QType => Some(JsonType::String),
            Self::Number
            | Self::Int
            | Self::Int8
            | Self::Int16
            | Self::Int32
            | Self::Int64
            | Self::Uint8
            | Self::Uint16
            | Self::Uint32
            | Self::Uint64
            | Self::Size => Some(JsonType::Number),
            Self::Bool => Some(JsonType::Bool),
            Self::Null => Some(JsonType::Null),
            Self::Any => None,
        }
    }
}

/// The integer types, from the narrowest to the widest.
#[cfg(feature = "import")]
const INTEGERS: [Builtin; 8] = [
    Builtin::Int8,
    Builtin::Uint8,
    Builtin::Int16,
    Builtin::Uint16,
    Builtin::Int32,
    Builtin::Uint32,
    Builtin::Int,
    Builtin::Uint64,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_is_found_by_its_name() {
        for builtin in Builtin::ALL {
            assert_eq!(Builtin::from_name(builtin.name()), Some(builtin));
        }
        assert_eq!(Builtin::from_name("string"), None);
    }

    #[test]
    fn integers_are_told_from_other_numbers() {
        let integers: Vec<&str> =
            Builtin::ALL.into_iter().filter(|it| it.is_integer()).map(Builtin::name).collect();
        let expected =
            ["int", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "size"];
        assert_eq!(integers, expected);
    }
}
