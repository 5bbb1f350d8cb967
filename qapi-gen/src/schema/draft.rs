//! Drafts of definitions: their form is checked, but references are still names.

use super::{Condition, DefId, EnumValue, Feature};
use crate::ids::IdVec;
use crate::source::Span;
use crate::syntax::ast::{self, Str};
use crate::syntax::doc::Doc;

/// The kinds of definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Enum,
    Struct,
    Union,
    Alternate,
    Command,
    Event,
}

impl Kind {
    pub(super) const ALL: [Self; 6] =
        [Self::Enum, Self::Struct, Self::Union, Self::Alternate, Self::Command, Self::Event];

    /// The key that makes an expression a definition of this kind; messages use it too.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Enum => "enum",
            Self::Struct => "struct",
            Self::Union => "union",
            Self::Alternate => "alternate",
            Self::Command => "command",
            Self::Event => "event",
        }
    }

    /// The key with its article, for messages.
    pub(super) fn with_article(self) -> &'static str {
        match self {
            Self::Enum => "an enum",
            Self::Struct => "a struct",
            Self::Union => "a union",
            Self::Alternate => "an alternate",
            Self::Command => "a command",
            Self::Event => "an event",
        }
    }

    pub(super) fn is_type(self) -> bool {
        match self {
            Self::Enum | Self::Struct | Self::Union | Self::Alternate => true,
            Self::Command | Self::Event => false,
        }
    }
}

/// The definition that a diagnostic is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a Str,
    pub(super) head: Span,
}

impl Site<'_> {
    /// `struct 'Name'`
    pub(super) fn describe(&self) -> String {
        format!("{} '{}'", self.kind.key(), self.name.text)
    }
}

/// A definition whose form was checked. Invalid parts are left out.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) site: Site<'a>,
    pub(super) doc: Option<&'a Doc>,
    pub(super) condition: Option<Condition>,
    pub(super) features: Vec<Feature>,
    pub(super) body: Body<'a>,
}

/// All drafts. A definition has the same id in the checked schema.
pub(super) type Drafts<'a> = IdVec<DefId, Draft<'a>>;

/// The part of a definition that depends on its kind.
#[derive(Debug)]
pub(super) enum Body<'a> {
    Enum { prefix: Option<&'a Str>, values: Vec<EnumValue> },
    Struct { base: Option<&'a Str>, members: Vec<Member<'a>> },
    Union { base: Base<'a>, discriminator: Option<&'a Str>, branches: Vec<Branch<'a>> },
    Alternate { alternatives: Vec<Alternative<'a>> },
    Command { data: Data<'a>, returns: Option<TypeRef<'a>>, flags: CommandFlags },
    Event { data: Data<'a> },
}

/// The common members of a union.
#[derive(Debug)]
pub(super) enum Base<'a> {
    /// The base is invalid.
    Unknown,
    Named(&'a Str),
    Inline(Vec<Member<'a>>),
}

/// Arguments of a command, data of an event.
#[derive(Debug)]
pub(super) enum Data<'a> {
    None,
    Inline(Vec<Member<'a>>),
    Named { name: &'a Str, boxed: bool },
}

/// A reference to a type.
#[derive(Clone, Copy, Debug)]
pub(super) struct TypeRef<'a> {
    pub(super) name: &'a Str,
    pub(super) array: bool,
    /// The whole reference, brackets included.
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) struct Member<'a> {
    /// Without the star of an optional one.
    pub(super) name: &'a str,
    pub(super) span: Span,
    pub(super) optional: bool,
    /// `None` if the type is invalid.
    pub(super) ty: Option<TypeRef<'a>>,
    pub(super) condition: Option<Condition>,
    pub(super) features: Vec<Feature>,
}

#[derive(Debug)]
pub(super) struct Branch<'a> {
    pub(super) name: &'a Str,
    pub(super) ty: Option<&'a Str>,
    pub(super) condition: Option<Condition>,
}

#[derive(Debug)]
pub(super) struct Alternative<'a> {
    pub(super) name: &'a Str,
    pub(super) ty: Option<TypeRef<'a>>,
    pub(super) condition: Option<Condition>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct CommandFlags {
    pub(super) success_response: bool,
    pub(super) generate: bool,
    pub(super) allow_oob: bool,
    pub(super) allow_preconfig: bool,
    pub(super) coroutine: bool,
}

impl<'a> Draft<'a> {
    /// The members that the definition lists itself.
    pub(super) fn own_members(&self) -> &[Member<'a>] {
        match &self.body {
            Body::Struct { members, .. }
            | Body::Union { base: Base::Inline(members), .. }
            | Body::Command { data: Data::Inline(members), .. }
            | Body::Event { data: Data::Inline(members) } => members,
            Body::Union { base: Base::Unknown | Base::Named(_), .. }
            | Body::Command { data: Data::None | Data::Named { .. }, .. }
            | Body::Event { data: Data::None | Data::Named { .. } }
            | Body::Enum { .. }
            | Body::Alternate { .. } => &[],
        }
    }

    /// The base, whose members come before its own.
    pub(super) fn base(&self) -> Option<&'a Str> {
        match &self.body {
            Body::Struct { base, .. } => *base,
            Body::Union { base: Base::Named(name), .. } => Some(name),
            Body::Union { base: Base::Inline(_) | Base::Unknown, .. }
            | Body::Enum { .. }
            | Body::Alternate { .. }
            | Body::Command { .. }
            | Body::Event { .. } => None,
        }
    }

    /// Whether it is a type whose values are objects.
    pub(super) fn is_object(&self) -> bool {
        matches!(self.body, Body::Struct { .. } | Body::Union { .. })
    }

    /// The named type of the arguments or data.
    pub(super) fn named_data(&self) -> Option<(&'a Str, bool)> {
        match &self.body {
            Body::Command { data: Data::Named { name, boxed }, .. }
            | Body::Event { data: Data::Named { name, boxed } } => Some((name, *boxed)),
            Body::Command { .. }
            | Body::Event { .. }
            | Body::Enum { .. }
            | Body::Struct { .. }
            | Body::Union { .. }
            | Body::Alternate { .. } => None,
        }
    }
}

/// The member of an object, or nothing if there is no such key.
pub(super) fn value<'a>(object: &'a ast::Object, key: &str) -> Option<&'a ast::Value> {
    object.get(key).map(|member| &member.value)
}
