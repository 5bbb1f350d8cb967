//! Whether a type has a value.

use super::model::{Class, Integer, Object, Scalar, Shape, TypeId, Wire};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Who reads the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A client that decodes what it received: enums and alternates keep what they do not know.
    Client,
    /// A server that decodes arguments.
    Server,
    /// A server, as far as its answer to `query-qmp-schema` describes it: the answer has no ranges of integers.
    Described,
}

impl Wire {
    /// Checks that a value is of the type, and that the type has all its members, so that encoded again it is the same.
    ///
    /// # Errors
    ///
    /// Why it is not, with the members that lead to it.
    pub fn admits(&self, ty: TypeId, value: &Value, reader: Reader) -> Result<(), String> {
        Reading { wire: self, reader }.value(ty, value)
    }
}

#[derive(Clone, Copy)]
struct Reading<'a> {
    wire: &'a Wire,
    reader: Reader,
}

impl Reading<'_> {
    fn value(self, ty: TypeId, value: &Value) -> Result<(), String> {
        let found = self.wire.ty(ty);
        let fail = |what: &str| Err(format!("{what} for {}: {value}", found.label));
        match (&found.shape, value) {
            (Shape::Scalar(Scalar::Any), _)
            | (Shape::Scalar(Scalar::Str), Value::String(_))
            | (Shape::Scalar(Scalar::Number), Value::Number(_))
            | (Shape::Scalar(Scalar::Bool), Value::Bool(_))
            | (Shape::Scalar(Scalar::Null), Value::Null) => Ok(()),
            (Shape::Scalar(Scalar::Int(range)), Value::Number(number)) => match (range, number.as_i128()) {
                (_, None) => fail("a fraction"),
                (Integer::Range(least, greatest), Some(number))
                    if self.reader != Reader::Described && !(*least..=*greatest).contains(&number) =>
                {
                    fail("out of range")
                }
                _ => Ok(()),
            },
            (Shape::Enum(values), Value::String(text)) => {
                let known = values.iter().any(|value| value.name == *text);
                if known || self.reader == Reader::Client { Ok(()) } else { fail("unknown value") }
            }
            (Shape::Array(element), Value::Array(values)) => {
                values.iter().try_for_each(|value| self.value(*element, value))
            }
            (Shape::Object(object), Value::Object(members)) => {
                let mut rest: HashSet<&str> = members.keys().map(String::as_str).collect();
                self.members(object, members, &mut rest)?;
                if rest.is_empty() { Ok(()) } else { fail(&format!("unknown members {rest:?}")) }
            }
            (Shape::Alternate(choices), value) => {
                let found = choices.iter().find(|choice| self.wire.class(choice.ty) == Some(class(value)));
                match found {
                    Some(choice) => self.value(choice.ty, value),
                    None if self.reader == Reader::Client => Ok(()),
                    None => fail("no choice"),
                }
            }
            _ => fail("wrong kind of value"),
        }
    }

    /// Takes the members that the object has out of `rest`.
    fn members<'v>(
        self,
        object: &Object,
        members: &'v Map<String, Value>,
        rest: &mut HashSet<&'v str>,
    ) -> Result<(), String> {
        for member in &object.members {
            match members.get(&member.name) {
                Some(value) => {
                    rest.remove(member.name.as_str());
                    self.value(member.ty, value).map_err(|reason| format!("{}: {reason}", member.name))?;
                }
                None if member.optional => {}
                None => return Err(format!("{}: missing", member.name)),
            }
        }
        let case = object.tag.as_ref().and_then(|tag| members.get(tag)).and_then(Value::as_str);
        let branch = object.branches.iter().find(|branch| Some(branch.case.as_str()) == case);
        let below = branch.and_then(|branch| self.wire.object(branch.ty));
        below.map_or(Ok(()), |below| self.members(below, members, rest))
    }
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
