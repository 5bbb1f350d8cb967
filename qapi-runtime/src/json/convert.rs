//! Conversions to and from `serde_json`'s tree, the type of QAPI's `any`.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::{Object, Value};

/// Numbers beyond the range of a double become `null`, as everywhere in `serde_json`.
impl From<&Value<'_>> for Json {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Int(number) => Json::from(*number),
            Value::UInt(number) => Json::from(*number),
            Value::Float(number) => Json::from(*number),
            Value::String(text) => Json::String(text.clone().into_owned()),
            Value::Array(elements) => {
                let mut array = Vec::with_capacity(elements.len());
                for element in elements {
                    array.push(Json::from(element));
                }
                Json::Array(array)
            }
            Value::Object(object) => Json::from(object),
        }
    }
}

/// Numbers beyond the range of a double become `null`.
impl From<Value<'_>> for Json {
    fn from(value: Value<'_>) -> Self {
        Json::from(&value)
    }
}

impl From<&Object<'_>> for Json {
    fn from(object: &Object<'_>) -> Self {
        let mut map = Map::new();
        for (name, value) in object.as_slice() {
            map.insert(name.clone().into_owned(), Json::from(value));
        }
        Json::Object(map)
    }
}

impl From<Object<'_>> for Json {
    fn from(object: Object<'_>) -> Self {
        Json::from(&object)
    }
}

impl From<Json> for Value<'static> {
    fn from(value: Json) -> Self {
        Value::from(&value).into_owned()
    }
}

impl<'a> From<&'a Json> for Value<'a> {
    fn from(value: &'a Json) -> Self {
        match value {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => from_number(number),
            Json::String(text) => Value::String(Cow::Borrowed(text)),
            Json::Array(elements) => {
                let mut array = Vec::with_capacity(elements.len());
                for element in elements {
                    array.push(Value::from(element));
                }
                Value::Array(array)
            }
            Json::Object(map) => {
                let mut members = Vec::with_capacity(map.len());
                for (name, value) in map {
                    members.push((Cow::Borrowed(name.as_str()), Value::from(value)));
                }
                Value::Object(Object::from(members))
            }
        }
    }
}

fn from_number(number: &serde_json::Number) -> Value<'static> {
    if let Some(number) = number.as_i64() {
        Value::Int(number)
    } else if let Some(number) = number.as_u64() {
        Value::UInt(number)
    } else {
        // With the feature `arbitrary_precision` of `serde_json`, a number may exceed the range of a double.
        Value::Float(number.as_f64().unwrap_or(f64::INFINITY))
    }
}
