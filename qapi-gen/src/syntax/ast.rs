//! The syntax tree: every part as written, with its place.

use super::doc::Doc;
use crate::language::Language;
use crate::source::{FileId, Span};

/// A whole schema as written, from all of its files.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// The version of the language in which it is written.
    pub language: Language,
    /// Whether an `int` may be any integer of 64 bits, signed or unsigned.
    pub wide_integers: bool,
    /// All items in schema order: the items of a file follow the directive that first includes it.
    pub items: Vec<Item>,
    /// The pragmas of all files together.
    pub pragmas: Pragmas,
    /// The parts that could not be read, and may define something.
    pub lost: Vec<Span>,
    /// Whether some files could not be read at all.
    pub lacks_files: bool,
}

/// A part of a schema at top level.
#[derive(Clone, Debug)]
pub enum Item {
    /// The beginning of a file, once for each file and before all of its items. The items after an include belong to
    /// the including file again, without a further `Module`: an item's span tells its file.
    Module(FileId),
    /// A directive that includes a file.
    Include(Include),
    /// An expression that is not a directive, and so should be a definition.
    Definition(Definition),
    /// Documentation that belongs to no definition.
    FreeForm(Doc),
}

/// A directive that includes a file.
#[derive(Clone, Debug)]
pub struct Include {
    /// The whole directive.
    pub span: Span,
    /// The path as written.
    pub path: Str,
    /// The included file. An earlier directive may have included it already.
    pub file: FileId,
}

/// An expression that should be a definition. The next stage finds its kind and checks its keys.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The first line of the definition, where QEMU reports errors in it.
    pub head: Span,
    /// The expression.
    pub object: Object,
    /// The documentation before it.
    pub doc: Option<Doc>,
}

/// `{ 'key': value, ... }`
#[derive(Clone, Debug)]
pub struct Object {
    /// From brace to brace.
    pub span: Span,
    /// The members as written. Keys are distinct.
    pub members: Vec<Member>,
}

impl Object {
    /// The member with this key.
    pub fn get(&self, key: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.key.text == key)
    }
}

/// One `'key': value`.
#[derive(Clone, Debug)]
pub struct Member {
    /// The key, with its `*` if it has one.
    pub key: Str,
    /// The value.
    pub value: Value,
}

/// `[ value, ... ]`
#[derive(Clone, Debug)]
pub struct List {
    /// From bracket to bracket.
    pub span: Span,
    /// The values.
    pub values: Vec<Value>,
}

/// `'text'`
#[derive(Clone, Debug)]
pub struct Str {
    /// From quote to quote.
    pub span: Span,
    /// The text between the quotes, without escapes.
    pub text: String,
}

/// `true` or `false`
#[derive(Clone, Copy, Debug)]
pub struct Bool {
    /// The word.
    pub span: Span,
    /// The value.
    pub value: bool,
}

/// Any value. Numbers and null are not part of the language.
#[derive(Clone, Debug)]
pub enum Value {
    /// An object.
    Object(Object),
    /// A list.
    List(List),
    /// A string.
    Str(Str),
    /// A boolean.
    Bool(Bool),
}

impl Value {
    /// Its place.
    pub fn span(&self) -> Span {
        match self {
            Value::Object(object) => object.span,
            Value::List(list) => list.span,
            Value::Str(string) => string.span,
            Value::Bool(boolean) => boolean.span,
        }
    }

    /// The kind of value, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Object(_) => "an object",
            Value::List(_) => "an array",
            Value::Str(_) => "a string",
            Value::Bool(_) => "a boolean",
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&Str> {
        if let Value::Str(string) = self { Some(string) } else { None }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        if let Value::Object(object) = self { Some(object) } else { None }
    }

    /// The list, if it is one.
    pub fn as_list(&self) -> Option<&List> {
        if let Value::List(list) = self { Some(list) } else { None }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<Bool> {
        if let Value::Bool(boolean) = self { Some(*boolean) } else { None }
    }
}

/// The pragmas of all files. Every pragma applies to the whole schema.
#[derive(Clone, Debug, Default)]
pub struct Pragmas {
    /// Every definition must be documented.
    pub doc_required: bool,
    /// Commands whose names may contain `_`.
    pub command_name_exceptions: Vec<Str>,
    /// Commands that may return something other than an object.
    pub command_returns_exceptions: Vec<Str>,
    /// Definitions whose members need no description.
    pub documentation_exceptions: Vec<Str>,
    /// Types whose members may have capitals and `_` in their names.
    pub member_name_exceptions: Vec<Str>,
}
