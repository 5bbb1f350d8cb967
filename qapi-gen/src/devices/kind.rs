//! The types of properties.

use super::answer::Told;
use super::values::Values;
use crate::schema::Builtin;
use serde_json::Value;

/// The type of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A truth value.
    Bool,
    /// An integer of one of the schema language's types.
    Integer(Builtin),
    /// Text, also the id or path of another object.
    Text,
    /// Slot and function on a PCI bus.
    Address,
    /// An enumeration, by the name of its type.
    Enumeration(String),
    /// JSON of any form.
    Any,
}

impl Kind {
    /// The type for what a QEMU says of a property; `None` for one that cannot be set: a part of the device, or one of
    /// which QEMU tells no type.
    pub(super) fn new(told: &Told, values: &Values) -> Option<Kind> {
        let ty = &told.ty[..];
        if ty.is_empty() || ty.starts_with("child<") {
            return None;
        }
        if is_address(told) {
            return Some(Kind::Address);
        }
        Some(match ty {
            "bool" => Kind::Bool,
            "str" | "string" => Kind::Text,
            "uint4" => Kind::Integer(Builtin::Uint8),
            _ if ty.starts_with("link<") => Kind::Text,
            _ => match Builtin::from_name(ty) {
                Some(builtin) if builtin.is_integer() => Kind::Integer(builtin),
                _ if values.has(ty) => Kind::Enumeration(ty.to_owned()),
                // A type that only QEMU knows: its default shows whether it is written as text.
                _ if matches!(told.default, Some(Value::String(_))) => Kind::Text,
                _ => Kind::Any,
            },
        })
    }

    /// Whether the value is one of the type. An address has no value that QEMU names as a default: it means that QEMU
    /// chooses.
    pub fn admits(&self, value: &Value, values: &[String]) -> bool {
        match self {
            Kind::Bool => value.is_boolean(),
            Kind::Integer(builtin) => {
                let number = value.as_i64().map(i128::from).or(value.as_u64().map(i128::from));
                let range = builtin.range();
                number.zip(range).is_some_and(|(number, (low, high))| low <= number && number <= high)
            }
            Kind::Text => value.is_string(),
            Kind::Address => false,
            Kind::Enumeration(_) => value.as_str().is_some_and(|text| values.iter().any(|one| one == text)),
            Kind::Any => true,
        }
    }
}

/// Whether it is the address on a PCI bus. Its type differs between versions, its description does not.
fn is_address(told: &Told) -> bool {
    told.name == "addr" && told.description.as_ref().is_some_and(|text| text.contains("function number"))
}
