//! What there is to write.

use crate::schema::{Condition, Doc};
use std::collections::BTreeMap;

/// A definition.
#[derive(Clone, Debug)]
pub(crate) struct Definition<'a> {
    pub(crate) name: String,
    pub(crate) condition: Option<Condition>,
    pub(crate) features: Vec<Mark>,
    pub(crate) body: Body,
    pub(crate) docs: Docs<'a>,
    /// The module to which it belongs, by the path of its file.
    pub(crate) module: Option<&'a str>,
}

/// Where a definition's documentation comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Docs<'a> {
    /// The comment to take over. The first one gives everything, the others only descriptions of members and features.
    pub(crate) sources: Vec<&'a Doc>,
    /// A paragraph to add to the overview.
    pub(crate) note: Option<String>,
    /// Sentences to add to the descriptions of members and values.
    pub(crate) part_notes: BTreeMap<String, String>,
}

/// The part of a definition that depends on its kind.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Enum(Vec<Value>),
    Struct(Vec<Member>),
    Union { base: Vec<Member>, discriminator: String, branches: Vec<Choice> },
    Alternate(Vec<Choice>),
    Command(Command),
    Event(Data),
}

/// A feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) name: String,
    pub(crate) condition: Option<Condition>,
}

/// A value of an enumeration.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) name: String,
    pub(crate) condition: Option<Condition>,
    pub(crate) features: Vec<Mark>,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) optional: bool,
    pub(crate) ty: Reference,
    pub(crate) condition: Option<Condition>,
    pub(crate) features: Vec<Mark>,
}

/// A branch of a union, or a choice of an alternate.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) name: String,
    pub(crate) ty: Reference,
    pub(crate) condition: Option<Condition>,
}

/// A command.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) data: Data,
    pub(crate) returns: Option<Returns>,
    pub(crate) generate: bool,
    pub(crate) allow_oob: bool,
    pub(crate) allow_preconfig: bool,
    pub(crate) success_response: bool,
    pub(crate) coroutine: bool,
}

/// The return type of a command.
#[derive(Clone, Debug)]
pub(crate) struct Returns {
    pub(crate) ty: Reference,
    /// Whether it is an object, or a list of objects, as the language demands of commands that no pragma excuses.
    pub(crate) is_object: bool,
}

/// The arguments of a command, or the data of an event.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    None,
    Inline(Vec<Member>),
    Named { name: String, boxed: bool },
}

/// A reference to a type by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    Plain(String),
    Array(String),
}

/// The name by which a [`Reference`] means any integer of 64 bits, signed or unsigned. It is no name of the language, where
/// it is the `int` of a schema that says so in a comment.
pub(crate) const WIDE_INTEGER: &str = "integer of unknown width";

impl Definition<'_> {
    /// The members, values or choices that its documentation describes.
    pub(crate) fn parts(&self) -> Vec<&str> {
        match &self.body {
            Body::Enum(values) => values.iter().map(|value| value.name.as_str()).collect(),
            Body::Alternate(choices) => choices.iter().map(|choice| choice.name.as_str()).collect(),
            _ => self.members().iter().map(|member| member.name.as_str()).collect(),
        }
    }

    /// The members that the definition lists itself.
    pub(crate) fn members(&self) -> &[Member] {
        match &self.body {
            Body::Struct(members) | Body::Union { base: members, .. } => members,
            Body::Command(Command { data: Data::Inline(members), .. })
            | Body::Event(Data::Inline(members)) => members,
            Body::Enum(_) | Body::Alternate(_) | Body::Command(_) | Body::Event(_) => &[],
        }
    }

    /// The names of all types to which it refers.
    pub(crate) fn references_mut(&mut self) -> Vec<&mut String> {
        let (members, choices, returns) = match &mut self.body {
            Body::Enum(_) => (None, None, None),
            Body::Struct(members) | Body::Event(Data::Inline(members)) => (Some(members), None, None),
            Body::Union { base, branches, .. } => (Some(base), Some(branches), None),
            Body::Alternate(choices) => (None, Some(choices), None),
            Body::Command(Command { data, returns, .. }) => match data {
                Data::Inline(members) => (Some(members), None, returns.as_mut()),
                Data::None | Data::Named { .. } => (None, None, returns.as_mut()),
            },
            Body::Event(Data::None | Data::Named { .. }) => (None, None, None),
        };
        let members = members.into_iter().flatten().map(|member| &mut member.ty);
        let choices = choices.into_iter().flatten().map(|choice| &mut choice.ty);
        let returns = returns.into_iter().map(|returns| &mut returns.ty);
        let all = members.chain(choices).chain(returns);
        all.map(|(Reference::Plain(name) | Reference::Array(name))| name).collect()
    }

    /// The names of all its features, and of those of its members and values.
    pub(crate) fn all_features(&self) -> impl Iterator<Item = &str> {
        let values = if let Body::Enum(values) = &self.body { values.as_slice() } else { &[] };
        let of_parts = (self.members().iter().flat_map(|member| &member.features))
            .chain(values.iter().flat_map(|value| &value.features));
        self.features.iter().chain(of_parts).map(|mark| mark.name.as_str())
    }
}
