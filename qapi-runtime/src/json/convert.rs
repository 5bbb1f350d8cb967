//! To and from serde_json's tree, the type of QAPI's `any`.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::{Object, Value};

/// Numbers beyond the range of a double become `null`, as everywhere in serde_json.
impl From<&Value<'_>> for Json {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Int(number) => Json::from(*number),
            Value::UInt(number) => Json::from(*number),
            Value::Float(number) => Json::from(*number),
            Value::String(text) => Json::String(text.clone().into_owned()),
            Value::Array(elements) => Json::Array(elements.iter().map(Json::from).collect()),
            Value::Object(object) => Json::from(object),
        }
    }
}

/// Numbers beyond the range of a double become `null`.
impl From<Value<'_>> for Json {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::String(text) => Json::String(text.into_owned()),
            Value::Array(elements) => Json::Array(elements.into_iter().map(Json::from).collect()),
            Value::Object(object) => Json::from(object),
            scalar => Json::from(&scalar),
        }
    }
}

impl From<&Object<'_>> for Json {
    fn from(object: &Object<'_>) -> Self {
        Json::Object(object.iter().map(|(name, value)| (name.to_owned(), Json::from(value))).collect())
    }
}

impl From<Object<'_>> for Json {
    fn from(object: Object<'_>) -> Self {
        Json::Object(object.into_iter().map(|(name, value)| (name.into_owned(), Json::from(value))).collect())
    }
}

impl From<Json> for Value<'static> {
    fn from(value: Json) -> Self {
        match value {
            Json::String(text) => Value::String(Cow::Owned(text)),
            Json::Array(elements) => Value::Array(elements.into_iter().map(Value::from).collect()),
            Json::Object(map) => Value::Object(
                map.into_iter().map(|(name, value)| (Cow::Owned(name), Value::from(value))).collect(),
            ),
            scalar => Value::from(&scalar).into_owned(),
        }
    }
}

impl<'a> From<&'a Json> for Value<'a> {
    fn from(value: &'a Json) -> Self {
        match value {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => from_number(number),
            Json::String(text) => Value::String(Cow::Borrowed(text)),
            Json::Array(elements) => Value::Array(elements.iter().map(Value::from).collect()),
            Json::Object(map) => Value::Object(
                map.iter().map(|(name, value)| (Cow::Borrowed(name.as_str()), Value::from(value))).collect(),
            ),
        }
    }
}

fn from_number(number: &serde_json::Number) -> Value<'static> {
    if let Some(number) = number.as_i64() {
        Value::Int(number)
    } else if let Some(number) = number.as_u64() {
        Value::UInt(number)
    } else {
        // With serde_json's `arbitrary_precision` a number may be beyond a double, too.
        Value::Float(number.as_f64().unwrap_or(f64::INFINITY))
    }
}
