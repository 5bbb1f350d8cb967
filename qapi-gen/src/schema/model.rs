//! The checked schema: immutable, names resolved to ids.
//!
//! Everything here keeps the order of the schema files. A value of these types exists only after every check has
//! passed, so a back end never sees an invalid schema.

use crate::ids::{IdVec, declare_ids};
use crate::language::Language;
use crate::source::{FileId, Sources, Span};
use std::collections::BTreeSet;

/// A whole schema: its files, its modules and their definitions.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The version of the language in which it is written.
    pub language: Language,
    /// Whether an `int` may be any integer of 64 bits, signed or unsigned: its width is not known.
    pub wide_integers: bool,
    /// The files that were read, the root first.
    pub sources: Sources,
    /// The modules, in the order in which QEMU visits them: one for each file that defines, includes or documents
    /// something.
    pub modules: IdVec<ModuleId, Module>,
    /// Every definition, in schema order.
    pub definitions: IdVec<DefId, Definition>,
    /// The definitions whose members need no description, by the pragma `documentation-exceptions`.
    pub documentation_exceptions: BTreeSet<String>,
}

declare_ids! {
    /// The id of a [`Definition`] in [`Schema::definitions`].
    pub struct DefId;

    /// The id of a [`Module`] in [`Schema::modules`].
    pub struct ModuleId;
}

/// A schema file as a unit of generated code.
#[derive(Clone, Debug)]
pub struct Module {
    /// The path relative to the root schema's folder, as in `run-state.json` or `../qapi/common.json`.
    pub name: String,
    /// The file.
    pub file: FileId,
    /// The items of the file, in order.
    pub items: Vec<ModuleItem>,
}

/// One thing in a module.
#[derive(Clone, Debug)]
pub enum ModuleItem {
    /// A definition.
    Definition(DefId),
    /// An include directive, with the module it names.
    Include(ModuleId),
    /// A documentation block that belongs to no definition.
    FreeForm(Doc),
}

/// A type, command or event.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The name as the schema spells it.
    pub name: String,
    /// The place of the name.
    pub span: Span,
    /// The module that defines it.
    pub module: ModuleId,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// The part that depends on its kind.
    pub kind: DefinitionKind,
}

/// A definition, by its kind.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum DefinitionKind {
    Enum(Enum),
    Struct(Struct),
    Union(Union),
    Alternate(Alternate),
    Command(Command),
    Event(Event),
}

/// An enumeration.
#[derive(Clone, Debug)]
pub struct Enum {
    /// `prefix`: the prefix of the C constants; without effect in Rust.
    pub prefix: Option<String>,
    /// The values.
    pub values: Vec<EnumValue>,
}

/// A value of an enumeration.
#[derive(Clone, Debug)]
pub struct EnumValue {
    /// The name on the wire.
    pub name: String,
    /// Its place.
    pub span: Span,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
}

/// A struct.
#[derive(Clone, Debug)]
pub struct Struct {
    /// The struct whose members come first.
    pub base: Option<DefId>,
    /// Its own members.
    pub members: Vec<Member>,
}

/// A member of a struct, of inline arguments, of event data or of an inline base.
#[derive(Clone, Debug)]
pub struct Member {
    /// The name on the wire, without the star of an optional one.
    pub name: String,
    /// Its place.
    pub span: Span,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its type.
    pub ty: Type,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
}

/// A flat union.
#[derive(Clone, Debug)]
pub struct Union {
    /// The common members.
    pub base: Base,
    /// The name of the common member that selects the branch.
    pub discriminator: String,
    /// The type of the discriminator, an enumeration.
    pub discriminator_enum: DefId,
    /// The branches that the schema lists. A value of the enumeration without one has an empty branch.
    pub branches: Vec<Branch>,
}

/// The common members of a union.
#[derive(Clone, Debug)]
pub enum Base {
    /// A struct by name.
    Named(DefId),
    /// Members listed in place.
    Inline(Vec<Member>),
}

/// A branch of a union.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The value of the discriminator.
    pub name: String,
    /// Its place.
    pub span: Span,
    /// The struct or union with the branch's members.
    pub ty: DefId,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
}

/// An alternate: a choice by JSON type.
#[derive(Clone, Debug)]
pub struct Alternate {
    /// The choices.
    pub alternatives: Vec<Alternative>,
}

/// A choice of an alternate.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// The name, which is not on the wire.
    pub name: String,
    /// Its place.
    pub span: Span,
    /// Its type.
    pub ty: Type,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
}

/// A command.
#[derive(Clone, Debug)]
pub struct Command {
    /// The arguments.
    pub arguments: Arguments,
    /// The return type; `None` is an empty object.
    pub returns: Option<Type>,
    /// `success-response`: whether the server replies on success.
    pub success_response: bool,
    /// `gen`: whether generated code converts the arguments and the return value.
    pub generate: bool,
    /// `allow-oob`.
    pub allow_oob: bool,
    /// `allow-preconfig`.
    pub allow_preconfig: bool,
    /// `coroutine`.
    pub coroutine: bool,
}

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// The data.
    pub data: Arguments,
}

/// The arguments of a command, or the data of an event.
#[derive(Clone, Debug)]
pub enum Arguments {
    /// None.
    None,
    /// Members listed in place.
    Inline(Vec<Member>),
    /// The members of a struct.
    Named(DefId),
    /// A struct or union as a whole (`'boxed': true`).
    Boxed(DefId),
}

/// A reference to a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// The type itself.
    Plain(TypeName),
    /// An array of it.
    Array(TypeName),
}

/// A named type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeName {
    /// A built-in type.
    Builtin(Builtin),
    /// An enum, struct, union or alternate.
    Defined(DefId),
}

/// The built-in types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Builtin {
    Str,
    Number,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Size,
    Bool,
    Null,
    Any,
    QType,
}

/// A feature of a definition, member or value.
#[derive(Clone, Debug)]
pub struct Feature {
    /// Its name; `deprecated` and `unstable` are special.
    pub name: String,
    /// Its place.
    pub span: Span,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
}

/// An `if` condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// The define is set.
    Define(String),
    /// All hold.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
}

/// A documentation comment, its sections in the order of the source.
#[derive(Clone, Debug)]
pub struct Doc {
    /// The place of the block.
    pub span: Span,
    /// The sections. Their text is what QEMU's own parser keeps, without the marker `# ` and the indentation. The first
    /// section is always the text before everything else, `Plain` and possibly empty. Notes and examples of older
    /// schemas are `Plain` too, rewritten to the rST of today's schemas.
    pub sections: Vec<DocSection>,
}

/// A section of a documentation comment.
#[derive(Clone, Debug)]
pub struct DocSection {
    /// The subject of the section.
    pub kind: DocSectionKind,
    /// The place of its start.
    pub span: Span,
    /// Its text, lines separated by `\n`.
    pub text: String,
}

/// The subject of a section of a documentation comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocSectionKind {
    /// Text without a tag.
    Plain,
    /// `@NAME:` a member, argument, value, branch or alternative. The text is empty if the schema excuses the missing
    /// description.
    Member(String),
    /// `@NAME:` under `Features:`.
    Feature(String),
    /// `Returns:`
    Returns,
    /// `Errors:`
    Errors,
    /// `Since:`
    Since,
    /// `TODO:`
    Todo,
    /// `Note:`, `Notes:`, `Example:` or `Examples:` of older versions of the language; the tag without its colon.
    Legacy(&'static str),
}

impl Schema {
    /// The definition with this id.
    pub fn definition(&self, id: DefId) -> &Definition {
        &self.definitions[id]
    }

    /// A struct and all its bases, the outermost base first: the order of its members.
    pub fn lineage(&self, id: DefId) -> Vec<&Struct> {
        let found = |id: DefId| match &self.definition(id).kind {
            DefinitionKind::Struct(found) => found,
            _ => unreachable!("check rejects a base that is no struct"),
        };
        let mut chain: Vec<&Struct> =
            std::iter::successors(Some(found(id)), |next| next.base.map(found)).collect();
        chain.reverse();
        chain
    }

    /// The module with this id.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id]
    }
}

impl DefinitionKind {
    /// The word for it in texts.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Enum(_) => "enumeration",
            Self::Struct(_) => "struct",
            Self::Union(_) => "union",
            Self::Alternate(_) => "alternate",
            Self::Command(_) => "command",
            Self::Event(_) => "event",
        }
    }
}

impl Arguments {
    /// The type whose members are the whole arguments or data.
    pub fn whole(&self) -> Option<DefId> {
        match self {
            Arguments::Named(id) | Arguments::Boxed(id) => Some(*id),
            Arguments::None | Arguments::Inline(_) => None,
        }
    }
}

impl Type {
    /// The definition that the reference names, if it is not built in.
    pub fn defined(self) -> Option<DefId> {
        match self {
            Type::Plain(TypeName::Defined(id)) | Type::Array(TypeName::Defined(id)) => Some(id),
            Type::Plain(TypeName::Builtin(_)) | Type::Array(TypeName::Builtin(_)) => None,
        }
    }
}
