//! The context, which makes every decision about a schema in Rust. Emitters only ask it.
//!
//! The selection decides what exists, and the spellings how it is named. The context combines both into paths.

pub(super) use super::place::{Home, Place, ROOT};
pub(super) use super::selection::{Placed, Present};

use super::names;
use super::options::Options;
use super::selection::Selection;
use super::spelling::Spellings;
use crate::diagnostic::Diagnostics;
use crate::schema::{DefId, DefinitionKind, ModuleId, Schema};
use proc_macro2::Ident;
use std::ops::Deref;

/// A selection in which every part has a name.
pub(super) struct Context<'a> {
    selection: Selection<'a>,
    spellings: Spellings,
}

impl<'a> Deref for Context<'a> {
    type Target = Selection<'a>;

    fn deref(&self) -> &Selection<'a> {
        &self.selection
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(schema: &'a Schema, options: &'a Options) -> Result<Self, Diagnostics> {
        let selection = Selection::new(schema, options)?;
        let spellings = Spellings::new(&selection);
        Ok(Context { selection, spellings })
    }

    /// The name of a definition in Rust, without its modules.
    pub(super) fn name(&self, id: DefId) -> String {
        if let Some(name) = self.spellings.definition(id) {
            return name.clone();
        }
        let definition = self.definition(id);
        match definition.kind {
            DefinitionKind::Command(_) => names::command(&definition.name),
            DefinitionKind::Event(_) => names::event(&definition.name),
            _ => names::type_name(&definition.name),
        }
    }

    /// The method that handles a command.
    pub(super) fn method(&self, id: DefId) -> Ident {
        names::ident(&self.spellings.method(id, &self.definition(id).name))
    }

    /// The variant of `id` for a value, branch or alternative.
    pub(super) fn variant(&self, id: DefId, name: &str) -> Ident {
        names::ident(&self.spellings.variant(id, name, self.is_open(id)))
    }

    /// The variant for an event in the enum of all events.
    pub(super) fn event_variant(&self, id: DefId) -> Ident {
        let name = self.name(id);
        // Event names have neither lower-case letters nor a trailing underscore, so no event becomes `Unknown_`.
        names::ident(&if name == names::UNKNOWN { name + "_" } else { name })
    }

    /// The field of `id` for a member.
    pub(super) fn field(&self, id: DefId, name: &str) -> Ident {
        names::ident(&self.spellings.field(id, name))
    }

    /// The setter of `id` for an optional member.
    pub(super) fn setter(&self, id: DefId, name: &str) -> Ident {
        names::ident(&self.spellings.setter(id, name))
    }

    /// The constructor of a union for one of its branches.
    pub(super) fn constructor(&self, union: DefId, branch: &str) -> Ident {
        names::ident(&self.spellings.constructor(union, branch))
    }

    /// The name of the enum for a union's branches.
    pub(super) fn branch_name(&self, union: DefId) -> String {
        self.helper_name(self.name(union) + "Branch")
    }

    /// A name for an item that is generated beside the schema's types, with a `_` if a type has the name. No type's
    /// name ends with `_`.
    pub(super) fn helper_name(&self, name: String) -> String {
        if self.find(&name).is_some() { name + "_" } else { name }
    }

    /// The path of a definition.
    pub(super) fn path(&self, id: DefId, from: Place) -> String {
        let definition = self.definition(id);
        if let Some(path) = self.options.extern_types.get(&definition.name) {
            return path.clone();
        }
        let mut path = self.module_path(definition.module, from);
        match definition.kind {
            DefinitionKind::Command(_) => path.push_str("command::"),
            DefinitionKind::Event(_) => path.push_str("event::"),
            _ => {}
        }
        path + &names::ident(&self.name(id)).to_string()
    }

    /// The path of a schema module, with `::` at its end unless it is empty.
    pub(super) fn module_path(&self, module: ModuleId, from: Place) -> String {
        match (self.home(module), from) {
            (Home::Elsewhere(path), _) => format!("{path}::"),
            (Home::Here(_), Place::Module(here)) if here == module => String::new(),
            (Home::Here(_), Place::Nested(here)) if here == module => "super::".to_owned(),
            (Home::Here(name), Place::Nested(_)) => format!("super::super::{name}::"),
            (Home::Here(name), Place::Module(_) | Place::Beside) => format!("super::{name}::"),
        }
    }
}
