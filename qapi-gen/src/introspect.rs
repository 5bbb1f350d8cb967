//! The answer to `query-qmp-schema`, from which a client learns the schema at run time.
//!
//! Source: "Client JSON Protocol introspection" in the specification of the QAPI schema language, and
//! the definitions of `SchemaInfo` in `introspect.json`.
//!
//! Clients are meant to look at commands and events, so the names of types are masked: every type gets a number at its
//! first use. Types are numbered before conditions are evaluated, so that the numbers do not depend on the
//! configuration of a program.

mod collect;
mod json;

use crate::schema::{Condition, DefId, Schema};
use std::collections::BTreeSet;

/// All entries of the answer to `query-qmp-schema`, in its order.
#[derive(Debug, Clone)]
pub struct Introspection {
    /// Commands and events module by module, then the types in the order of their first use.
    pub entries: Vec<Entry>,
}

/// A `SchemaInfo`.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The name: a command's, an event's, a built-in type's, or a mask.
    pub name: String,
    /// The condition under which the entry exists.
    pub condition: Option<Condition>,
    /// The features. `None` if the schema lists none; a list in which no condition holds stays, empty.
    pub features: Option<Vec<Mark>>,
    /// The part that depends on the kind of the entry.
    pub meta: Meta,
}

/// A feature: a name with an optional condition.
#[derive(Debug, Clone)]
pub struct Mark {
    /// The feature's name.
    pub name: String,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
}

/// The part of a `SchemaInfo` that depends on its `meta-type`.
#[derive(Debug, Clone)]
pub enum Meta {
    /// A built-in type.
    Builtin {
        /// `JSONType`: how it looks on the wire.
        json_type: &'static str,
    },
    /// An enumeration.
    Enum {
        /// The values.
        values: Vec<Value>,
    },
    /// An array.
    Array {
        /// The name of its elements' type.
        element: String,
    },
    /// A struct, a union, arguments or event data.
    Object {
        /// All members, those of the base first.
        members: Vec<Member>,
        /// The discriminator and the branches, of a union.
        variants: Option<(String, Vec<Variant>)>,
    },
    /// An alternate.
    Alternate {
        /// The types to choose from.
        members: Vec<AlternateMember>,
    },
    /// A command.
    Command {
        /// The type of the arguments.
        arguments: String,
        /// The return type.
        returns: String,
        /// Whether it may be executed out of band.
        allow_oob: bool,
    },
    /// An event.
    Event {
        /// The type of the data.
        data: String,
    },
}

/// A value of an enumeration.
#[derive(Debug, Clone)]
pub struct Value {
    /// Its name.
    pub name: String,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features, as in an [`Entry`].
    pub features: Option<Vec<Mark>>,
}

/// A member of an object.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// The name of its type.
    pub ty: String,
    /// Whether it may be absent.
    pub optional: bool,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features, as in an [`Entry`].
    pub features: Option<Vec<Mark>>,
}

/// A branch of a union.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The value of the discriminator.
    pub case: String,
    /// The name of the type with the branch's members.
    pub ty: String,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
}

/// A choice of an alternate.
#[derive(Debug, Clone)]
pub struct AlternateMember {
    /// The name of its type.
    pub ty: String,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
}

/// How types are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// By number, as a server does.
    Masked,
    /// As in the schema, for people; implicit types are named as QEMU names them (`q_obj_NAME-arg`).
    Unmasked,
}

impl Introspection {
    /// Describes `schema`, without evaluating conditions.
    pub fn new(schema: &Schema, names: Names) -> Self {
        Self::of(schema, names, |_| true)
    }

    /// Describes the commands and events that `wanted` accepts, and the types that they reach.
    pub fn of(schema: &Schema, names: Names, wanted: impl Fn(DefId) -> bool) -> Self {
        collect::collect(schema, names, &wanted)
    }

    /// The entries that exist when exactly `defines` are set.
    #[must_use]
    pub fn decide(mut self, defines: &BTreeSet<String>) -> Self {
        let holds = |condition: &Option<Condition>| {
            condition.as_ref().is_none_or(|condition| condition.holds(defines))
        };
        let marks = |features: &mut Option<Vec<Mark>>| {
            features.iter_mut().for_each(|list| list.retain(|mark| holds(&mark.condition)));
        };
        self.entries.retain(|entry| holds(&entry.condition));
        for entry in &mut self.entries {
            marks(&mut entry.features);
            match &mut entry.meta {
                Meta::Enum { values } => {
                    values.retain(|value| holds(&value.condition));
                    values.iter_mut().for_each(|value| marks(&mut value.features));
                }
                Meta::Object { members, variants } => {
                    members.retain(|member| holds(&member.condition));
                    members.iter_mut().for_each(|member| marks(&mut member.features));
                    if let Some((_, variants)) = variants {
                        variants.retain(|variant| holds(&variant.condition));
                    }
                }
                Meta::Alternate { members } => members.retain(|member| holds(&member.condition)),
                Meta::Builtin { .. } | Meta::Array { .. } | Meta::Command { .. } | Meta::Event { .. } => {}
            }
        }
        self
    }

    /// The array as JSON, one entry on each line.
    ///
    /// Conditions that are not evaluated count as true.
    pub fn to_json(&self) -> String {
        json::print(self)
    }
}

pub use json::{Fragment, fragments};
