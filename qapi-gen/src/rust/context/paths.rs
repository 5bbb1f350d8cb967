//! What things are called in the generated code, and where they are.

use super::{Context, Home, Place};
use crate::rust::names;
use crate::schema::{DefId, DefinitionKind, ModuleId};
use proc_macro2::Ident;

impl Context<'_> {
    /// The name of a definition in Rust, without its modules.
    pub(in crate::rust) fn name(&self, id: DefId) -> String {
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
    pub(in crate::rust) fn method(&self, id: DefId) -> Ident {
        names::ident(&self.spellings.method(id, &self.definition(id).name))
    }

    /// The variant of `id` for a value, branch or alternative.
    pub(in crate::rust) fn variant(&self, id: DefId, name: &str) -> Ident {
        names::ident(&self.spellings.variant(id, name, self.is_open(id)))
    }

    /// The field of `id` for a member.
    pub(in crate::rust) fn field(&self, id: DefId, name: &str) -> Ident {
        names::ident(&self.spellings.field(id, name))
    }

    /// The setter of `id` for an optional member.
    pub(in crate::rust) fn setter(&self, id: DefId, name: &str) -> Ident {
        names::ident(&self.spellings.setter(id, name))
    }

    /// The name of the enum that carries a union's branch.
    pub(in crate::rust) fn branch_name(&self, union: DefId) -> String {
        self.helper_name(self.name(union) + "Branch")
    }

    /// A name for something that is generated beside the schema's types: with `_` where a type has it. No type's
    /// name ends so.
    pub(in crate::rust) fn helper_name(&self, name: String) -> String {
        if self.by_name.contains_key(&name[..]) { name + "_" } else { name }
    }

    /// The path of a definition.
    pub(in crate::rust) fn path(&self, id: DefId, from: Place) -> String {
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

    /// The path of a module of the schema, with `::` at its end when it is not empty.
    pub(in crate::rust) fn module_path(&self, module: ModuleId, from: Place) -> String {
        match (self.home(module), from) {
            (Home::Elsewhere(path), _) => format!("{path}::"),
            (Home::Here(_), Place::Module(here)) if here == module => String::new(),
            (Home::Here(_), Place::Nested(here)) if here == module => "super::".to_owned(),
            (Home::Here(name), Place::Nested(_)) => format!("super::super::{name}::"),
            (Home::Here(name), Place::Module(_) | Place::Beside) => format!("super::{name}::"),
        }
    }
}
