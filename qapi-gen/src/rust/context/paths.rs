//! What things are called in the generated code, and where they are.

use super::{Context, Home, Place};
use crate::rust::names;
use crate::schema::{DefId, DefinitionKind, ModuleId};

impl Context<'_> {
    /// The name of a definition in Rust, without its modules.
    pub(in crate::rust) fn name(&self, id: DefId) -> String {
        let definition = self.definition(id);
        match definition.kind {
            DefinitionKind::Command(_) => names::command(&definition.name),
            DefinitionKind::Event(_) => names::event(&definition.name),
            // A module's trait is called `Commands`.
            _ if definition.name == "Commands" => "Commands_".to_owned(),
            _ => names::type_name(&definition.name),
        }
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
