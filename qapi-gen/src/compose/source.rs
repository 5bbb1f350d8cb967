//! A schema of which a new one is made.

use crate::schema::{Builtin, Condition, DefId, Definition, DefinitionKind, Schema};
use crate::wire::{Class, Integer, Scalar, Shape, TypeId, Wire};
use std::collections::HashMap;

/// A checked schema, with its wire model and its label for messages.
pub(crate) struct Source<'a> {
    pub(crate) label: &'a str,
    pub(crate) schema: &'a Schema,
    pub(crate) wire: Wire,
    by_name: HashMap<&'a str, DefId>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(label: &'a str, schema: &'a Schema) -> Self {
        let by_name = schema.definitions.entries().map(|(id, found)| (found.name.as_str(), id)).collect();
        Source { label, schema, wire: Wire::from_schema(schema), by_name }
    }

    /// The definition of that name.
    pub(crate) fn definition(&self, name: &str) -> Option<&'a Definition> {
        self.by_name.get(name).map(|&id| self.schema.definition(id))
    }

    /// The definition of a type; `None` for built-in types, arrays, and objects without a name.
    pub(crate) fn defined(&self, ty: TypeId) -> Option<&'a Definition> {
        self.definition(&self.wire.ty(ty).label)
    }

    /// The condition under which a type exists.
    pub(crate) fn condition(&self, ty: TypeId) -> Option<&'a Condition> {
        self.defined(ty)?.condition.as_ref()
    }

    /// The module of a definition, by the path of its file.
    pub(crate) fn module(&self, definition: &Definition) -> &'a str {
        &self.schema.module(definition.module).name
    }

    /// The type as a built-in integer; `None` if it is no integer, or an `int` whose width the schema does not know.
    pub(crate) fn integer(&self, ty: TypeId) -> Option<Builtin> {
        let found = self.wire.ty(ty);
        let known = !matches!(found.shape, Shape::Scalar(Scalar::Int(Integer::Unknown)));
        Builtin::from_name(&found.label).filter(|builtin| known && builtin.is_integer())
    }

    /// The name of the choice of an alternate that takes values of this class.
    pub(crate) fn choice(&self, ty: TypeId, class: Option<Class>) -> Option<&'a str> {
        let Shape::Alternate(choices) = &self.wire.ty(ty).shape else { return None };
        let DefinitionKind::Alternate(alternate) = &self.defined(ty)?.kind else { return None };
        let index = choices.iter().position(|one| self.wire.class(one.ty) == class)?;
        alternate.alternatives.get(index).map(|one| one.name.as_str())
    }
}
