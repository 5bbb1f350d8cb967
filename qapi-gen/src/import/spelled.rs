//! Names of an answer are written into a schema, so they have to be names of the language.

use crate::schema::names::{stem, value_stem};
use crate::wire::{AnswerError, Feature, Shape, Wire};

/// Checks all names of an answer. A server may answer anything, and a quote in a name would end a string of the schema.
///
/// # Errors
///
/// The first name that the language does not allow.
pub(super) fn check(wire: &Wire) -> Result<(), AnswerError> {
    let named = |name: &str| if stem(name).is_ok() { Ok(()) } else { refuse(name) };
    let marks = |features: &[Feature]| features.iter().try_for_each(|feature| named(&feature.name));
    for (name, command) in &wire.commands {
        named(name).and_then(|()| marks(&command.features))?;
    }
    for (name, event) in &wire.events {
        named(name).and_then(|()| marks(&event.features))?;
    }
    for ty in wire.types.iter() {
        marks(&ty.features)?;
        match &ty.shape {
            Shape::Scalar(_) | Shape::Array(_) | Shape::Alternate(_) => {}
            Shape::Enum(values) => {
                for value in values {
                    value_stem(&value.name).or_else(|_| refuse(&value.name))?;
                    marks(&value.features)?;
                }
            }
            Shape::Object(object) => {
                for member in &object.members {
                    named(&member.name).and_then(|()| marks(&member.features))?;
                }
                let cases = object.branches.iter().map(|branch| &branch.case);
                cases
                    .chain(&object.tag)
                    .try_for_each(|name| value_stem(name).map(drop).or_else(|_| refuse(name)))?;
            }
        }
    }
    Ok(())
}

fn refuse<T>(name: &str) -> Result<T, AnswerError> {
    Err(AnswerError::new(format!("{name:?} is not a name of the schema language")))
}
