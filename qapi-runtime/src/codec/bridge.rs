//! serde's traits, by way of [`Encode`] and [`Decode`].

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Any, Decode, Encode, Input, Mode, Output};
use crate::json::{self, Value};

/// Encodes `value`, and serializes the result.
pub fn serialize<T: Encode, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut out = Output::new();
    value.encode(&mut out);
    let bytes = out.finish().map_err(S::Error::custom)?;
    let text = core::str::from_utf8(&bytes).map_err(S::Error::custom)?;
    // Not with `serde_json`'s parser, whose limit of nesting is lower.
    let tree = json::parse(text).map_err(S::Error::custom)?;
    Any::from(tree).serialize(serializer)
}

/// Deserializes a JSON value, and decodes it strictly.
pub fn deserialize<'de, T: Decode, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let tree = Any::deserialize(deserializer)?;
    let value = Value::from(&tree);
    T::decode(Input::new(&value, Mode::Strict)).map_err(D::Error::custom)
}
