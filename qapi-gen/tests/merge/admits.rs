//! Whether a client of a schema can decode or send a value.

use qapi_gen::stages::wire::{Class, Integer, Object, Scalar, Shape, TypeId, Wire};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Who sends the value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The client: its types have to express it.
    Sent,
    /// The server: enums, unions and alternates keep what they do not know.
    Received,
}

/// Checks that the type has the value and all its members, so that encoded again it is the same.
///
/// # Errors
///
/// Why it has not, with the path.
pub(crate) fn admits(wire: &Wire, ty: TypeId, value: &Value, direction: Direction) -> Result<(), String> {
    let fail = |what: &str| Err(format!("{what} for {}: {value}", wire.ty(ty).label));
    match (&wire.ty(ty).shape, value) {
        (Shape::Scalar(Scalar::Any), _)
        | (Shape::Scalar(Scalar::Str), Value::String(_))
        | (Shape::Scalar(Scalar::Number), Value::Number(_))
        | (Shape::Scalar(Scalar::Bool), Value::Bool(_))
        | (Shape::Scalar(Scalar::Null), Value::Null) => Ok(()),
        (Shape::Scalar(Scalar::Int(range)), Value::Number(number)) => {
            let Some(number) = number.as_i128() else { return fail("a fraction") };
            match range {
                Integer::Range(least, greatest) if number < *least || number > *greatest => {
                    fail("out of range")
                }
                Integer::Range(..) | Integer::Unknown => Ok(()),
            }
        }
        (Shape::Enum(values), Value::String(text)) => {
            let known = values.iter().any(|value| value.name == *text);
            if known || direction == Direction::Received { Ok(()) } else { fail("unknown value") }
        }
        (Shape::Array(element), Value::Array(values)) => {
            values.iter().try_for_each(|value| admits(wire, *element, value, direction))
        }
        (Shape::Object(object), Value::Object(members)) => {
            let mut rest: HashSet<&str> = members.keys().map(String::as_str).collect();
            object_admits(wire, object, members, &mut rest, direction)?;
            if rest.is_empty() { Ok(()) } else { fail(&format!("unknown members {rest:?}")) }
        }
        (Shape::Alternate(choices), value) => {
            let found = choices.iter().find(|choice| wire.class(choice.ty) == Some(class(value)));
            match found {
                Some(choice) => admits(wire, choice.ty, value, direction),
                None if direction == Direction::Received => Ok(()),
                None => fail("no choice"),
            }
        }
        _ => fail("wrong kind of value"),
    }
}

/// Takes the members that the object has out of `rest`.
fn object_admits<'v>(
    wire: &Wire,
    object: &Object,
    members: &'v Map<String, Value>,
    rest: &mut HashSet<&'v str>,
    direction: Direction,
) -> Result<(), String> {
    for member in &object.members {
        match members.get(&member.name) {
            Some(value) => {
                rest.remove(member.name.as_str());
                let at = |reason| format!("{}: {reason}", member.name);
                admits(wire, member.ty, value, direction).map_err(at)?;
            }
            None if member.optional => {}
            None => return Err(format!("{}: missing", member.name)),
        }
    }
    let case = object.tag.as_ref().and_then(|tag| members.get(tag)).and_then(Value::as_str);
    let Some(branch) = object.branches.iter().find(|branch| Some(branch.case.as_str()) == case) else {
        return Ok(());
    };
    let below = wire.object(branch.ty).ok_or("a branch is an object")?;
    object_admits(wire, below, members, rest, direction)
}

fn class(value: &Value) -> Class {
    match value {
        Value::Null => Class::Null,
        Value::Bool(_) => Class::Bool,
        Value::Number(_) => Class::Number,
        Value::String(_) => Class::String,
        Value::Array(_) => Class::Array,
        Value::Object(_) => Class::Object,
    }
}
