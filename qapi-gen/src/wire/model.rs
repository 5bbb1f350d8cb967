//! The parts of the model.

use crate::ids::{IdVec, declare_ids};
use crate::schema::Condition;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A schema as its clients see it.
#[derive(Clone, Debug)]
pub struct Wire {
    /// The commands by name.
    pub commands: BTreeMap<String, Command>,
    /// The events by name.
    pub events: BTreeMap<String, Event>,
    /// The types that no command or event reaches, by name, if they were asked for.
    pub unreached: BTreeMap<String, TypeId>,
    /// The definition that lists the part at a place of a schema file.
    pub owners: HashMap<Span, String>,
    /// The types.
    pub types: IdVec<TypeId, Type>,
    /// How much the source knows.
    pub knowledge: Knowledge,
}

/// How much the source of a [`Wire`] knows. Details that one of two sources lacks are not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// Schema files: everything.
    Schema,
    /// An answer to `query-qmp-schema`: no conditions, no sizes of integers, of a command's flags only `allow-oob`.
    Answer,
}

declare_ids! {
    /// The id of a [`Type`] in [`Wire::types`].
    pub struct TypeId;
}

/// The place of something, and its number.
///
/// A member that many objects inherit has one place. Without a schema file, only `nth` distinguishes places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The place in a schema file.
    pub span: Option<Span>,
    /// A number that is unique among places without a span.
    pub nth: u32,
}

/// A command.
#[derive(Clone, Debug)]
pub struct Command {
    /// The place of its name.
    pub place: Place,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
    /// The object of its arguments.
    pub arguments: TypeId,
    /// Its return type.
    pub returns: TypeId,
    /// `allow-oob`.
    pub allow_oob: bool,
    /// `allow-preconfig`.
    pub allow_preconfig: bool,
    /// `success-response`.
    pub success_response: bool,
}

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// The place of its name.
    pub place: Place,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
    /// The object of its data.
    pub data: TypeId,
}

/// A type.
#[derive(Clone, Debug)]
pub struct Type {
    /// Its name in messages. Not compared.
    pub label: String,
    /// The place of its name.
    pub place: Place,
    /// Its features.
    pub features: Vec<Feature>,
    /// Its values.
    pub shape: Shape,
}

/// The shape of a type's values.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A value without parts.
    Scalar(Scalar),
    /// A string from a list.
    Enum(Vec<Value>),
    /// An array.
    Array(TypeId),
    /// An object.
    Object(Object),
    /// A type chosen by the class of the value.
    Alternate(Vec<Alternative>),
}

/// A value without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Any string.
    Str,
    /// Any number.
    Number,
    /// A number without fraction.
    Int(Integer),
    /// True or false.
    Bool,
    /// Null.
    Null,
    /// Any value at all.
    Any,
}

/// The range of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integer {
    /// The source does not say.
    Unknown,
    /// Least and greatest value.
    Range(i128, i128),
}

/// The class of a JSON value, which its first character shows. An alternate chooses by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Class {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

impl Class {
    /// The word for it in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// A value of an enumeration.
#[derive(Clone, Debug)]
pub struct Value {
    /// Its name.
    pub name: String,
    /// Its place.
    pub place: Place,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
}

/// An object.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// The members that do not depend on a branch, inherited ones first.
    pub members: Vec<Member>,
    /// The member that selects a branch.
    pub tag: Option<String>,
    /// The branches that have members of their own.
    pub branches: Vec<Branch>,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its place.
    pub place: Place,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its type.
    pub ty: TypeId,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
}

/// A branch of a union.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The value of the tag that selects the branch.
    pub case: String,
    /// Its place.
    pub place: Place,
    /// The object with its members.
    pub ty: TypeId,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
}

/// A choice of an alternate.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// Its place.
    pub place: Place,
    /// Its type.
    pub ty: TypeId,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
}

/// A feature.
#[derive(Clone, Debug)]
pub struct Feature {
    /// Its name.
    pub name: String,
    /// Its place.
    pub place: Place,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
}

impl Wire {
    /// The type with this id.
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types[id]
    }

    /// The class of a type's values; `None` if there are several.
    pub fn class(&self, id: TypeId) -> Option<Class> {
        match &self.ty(id).shape {
            Shape::Scalar(Scalar::Str) | Shape::Enum(_) => Some(Class::String),
            Shape::Scalar(Scalar::Number | Scalar::Int(_)) => Some(Class::Number),
            Shape::Scalar(Scalar::Bool) => Some(Class::Bool),
            Shape::Scalar(Scalar::Null) => Some(Class::Null),
            Shape::Scalar(Scalar::Any) | Shape::Alternate(_) => None,
            Shape::Array(_) => Some(Class::Array),
            Shape::Object(_) => Some(Class::Object),
        }
    }

    /// The type as an object, if it is one.
    pub fn object(&self, id: TypeId) -> Option<&Object> {
        if let Shape::Object(object) = &self.ty(id).shape { Some(object) } else { None }
    }

    /// Whether the type is an object or a list of objects, as the language demands of return types.
    pub fn is_object_or_list(&self, id: TypeId) -> bool {
        match self.ty(id).shape {
            Shape::Object(_) => true,
            Shape::Array(element) => matches!(self.ty(element).shape, Shape::Object(_)),
            Shape::Scalar(_) | Shape::Enum(_) | Shape::Alternate(_) => false,
        }
    }

    /// Whether any part has a condition.
    pub fn has_conditions(&self) -> bool {
        let marked = |features: &[Feature]| features.iter().any(|feature| feature.condition.is_some());
        self.commands.values().any(|command| command.condition.is_some() || marked(&command.features))
            || self.events.values().any(|event| event.condition.is_some() || marked(&event.features))
            || self.types.iter().any(|ty| {
                marked(&ty.features)
                    || match &ty.shape {
                        Shape::Scalar(_) | Shape::Array(_) => false,
                        Shape::Enum(values) => {
                            values.iter().any(|value| value.condition.is_some() || marked(&value.features))
                        }
                        Shape::Object(object) => {
                            object
                                .members
                                .iter()
                                .any(|member| member.condition.is_some() || marked(&member.features))
                                || object.branches.iter().any(|branch| branch.condition.is_some())
                        }
                        Shape::Alternate(alternatives) => {
                            alternatives.iter().any(|one| one.condition.is_some())
                        }
                    }
            })
    }

    /// The model when exactly `defines` are set. No part of it has a condition.
    #[must_use]
    pub fn decide(mut self, defines: &BTreeSet<String>) -> Self {
        let holds = |condition: &mut Option<Condition>| {
            condition.take().is_none_or(|condition| condition.holds(defines))
        };
        let marks =
            |features: &mut Vec<Feature>| features.retain_mut(|feature| holds(&mut feature.condition));
        self.commands.retain(|_, command| holds(&mut command.condition));
        self.commands.values_mut().for_each(|command| marks(&mut command.features));
        self.events.retain(|_, event| holds(&mut event.condition));
        self.events.values_mut().for_each(|event| marks(&mut event.features));
        for ty in &mut self.types {
            marks(&mut ty.features);
            match &mut ty.shape {
                Shape::Scalar(_) | Shape::Array(_) => {}
                Shape::Enum(values) => {
                    values.retain_mut(|value| holds(&mut value.condition));
                    values.iter_mut().for_each(|value| marks(&mut value.features));
                }
                Shape::Object(object) => {
                    object.members.retain_mut(|member| holds(&mut member.condition));
                    object.members.iter_mut().for_each(|member| marks(&mut member.features));
                    object.branches.retain_mut(|branch| holds(&mut branch.condition));
                }
                Shape::Alternate(alternatives) => {
                    alternatives.retain_mut(|alternative| holds(&mut alternative.condition));
                }
            }
        }
        self
    }
}

/// Whether a feature with this name is among them.
pub fn has_feature(features: &[Feature], name: &str) -> bool {
    features.iter().any(|feature| feature.name == name)
}
