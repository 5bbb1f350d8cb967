//! Writes references to types.

use super::Writer;
use crate::compat::{AnswerError, Scalar, Shape, TypeId};
use crate::import::pairs::Named;
use crate::schema::Builtin;

impl<'a> Writer<'a> {
    /// A reference to a type; `known` is the reference of a given schema at the same place.
    pub(super) fn spell(&self, ty: TypeId, known: Option<Named>) -> Result<String, AnswerError> {
        if let Shape::Array(element) = self.wire.ty(ty).shape {
            let known = known.and_then(|Named { source, ty }| match self.sources[source].wire.ty(ty).shape {
                Shape::Array(element) => Some(Named { source, ty: element }),
                _ => None,
            });
            if matches!(self.wire.ty(element).shape, Shape::Array(_)) {
                return Err(AnswerError::new("an array has arrays as elements"));
            }
            return Ok(format!("[ {} ]", self.spell(element, known)?));
        }
        let name = match &self.wire.ty(ty).shape {
            Shape::Scalar(scalar) => self.scalar(*scalar, known),
            _ => self.chosen.name(ty).ok_or_else(|| AnswerError::new("a member is of the empty type"))?,
        };
        Ok(format!("'{name}'"))
    }

    /// A built-in type. An answer has no widths of integers, so `known` gives them.
    fn scalar(&self, scalar: Scalar, known: Option<Named>) -> &'a str {
        match scalar {
            Scalar::Str => "str",
            Scalar::Number => "number",
            Scalar::Bool => "bool",
            Scalar::Null => "null",
            Scalar::Any => "any",
            Scalar::Int(_) => {
                let known = known.and_then(|named| self.sources[named.source].integer(named.ty));
                match known {
                    None => {
                        self.wide.set(true);
                        "int"
                    }
                    // `int` stands for the others.
                    Some(Builtin::Int) if self.wide.get() => Builtin::Int64.name(),
                    Some(known) => known.name(),
                }
            }
        }
    }
}
