//! What of a schema is generated, and under which conditions it exists.

mod members;

pub(super) use members::Placed;

use super::cfg::{Decider, When};
use super::graph::Cycles;
use super::options::{Handlers, Options};
use super::place::Home;
use super::{fingerprint, homes, reach};
use crate::diagnostic::Diagnostics;
use crate::ids::IdVec;
use crate::schema::{
    Command, DefId, Definition, DefinitionKind, Feature, ModuleId, ModuleItem, Schema, Type, TypeName,
};
use std::collections::BTreeMap;

/// A definition that is asked for, and there in some configuration.
#[derive(Clone, Copy)]
pub(super) struct Present<'s> {
    pub(super) id: DefId,
    pub(super) definition: &'s Definition,
    /// Under which condition it exists, its own and those of what it cannot do without.
    pub(super) when: &'s When,
}

/// What is decided about the parts of a schema, apart from their names.
pub(super) struct Selection<'a> {
    pub(super) schema: &'a Schema,
    pub(super) options: &'a Options,
    pub(super) decider: Decider,
    homes: IdVec<ModuleId, Home>,
    /// What tells whether a module is the one that others were generated with.
    pub(super) fingerprints: IdVec<ModuleId, u64>,
    by_name: BTreeMap<&'a str, DefId>,
    when: IdVec<DefId, Option<When>>,
    selected: IdVec<DefId, bool>,
    received: IdVec<DefId, bool>,
    sent: IdVec<DefId, bool>,
    cycles: Cycles,
}

impl<'a> Selection<'a> {
    pub(super) fn new(schema: &'a Schema, options: &'a Options) -> Result<Self, Diagnostics> {
        let decider = Decider::new(&options.conditions, &options.defines);
        let references = reach::references(schema);
        let selected = references.reachable(reach::roots(schema, options)?);
        let received = references.reachable(reach::received_roots(schema, options));
        let sent = references.reachable(reach::sent_roots(schema));
        let fingerprints = schema.modules.map(|id| fingerprint::of_module(schema, id));
        let homes = homes::find(schema, options, &fingerprints)?;
        Ok(Selection {
            schema,
            options,
            when: schema.definitions.map(|id| exists(schema, &decider, id)),
            decider,
            homes,
            fingerprints,
            by_name: schema
                .definitions
                .entries()
                .map(|(id, definition)| (&definition.name[..], id))
                .collect(),
            selected,
            received,
            sent,
            cycles: reach::containment(schema).cycles(),
        })
    }

    pub(super) fn definition(&self, id: DefId) -> &'a Definition {
        self.schema.definition(id)
    }

    /// The definition of this name.
    pub(super) fn find(&self, name: &str) -> Option<DefId> {
        self.by_name.get(name).copied()
    }

    /// Under which condition a definition exists, its own and those of what it cannot do without. None when it is
    /// certain not to be there.
    pub(super) fn when(&self, id: DefId) -> Option<&When> {
        self.when[id].as_ref()
    }

    /// A definition, if it is asked for, and there.
    pub(super) fn present(&self, id: DefId) -> Option<Present<'_>> {
        let when = self.when(id).filter(|_| self.is_selected(id))?;
        Some(Present { id, definition: self.definition(id), when })
    }

    /// Whether a definition is asked for, and there.
    pub(super) fn is_present(&self, id: DefId) -> bool {
        self.present(id).is_some()
    }

    /// What is asked for, and there, in the order of the schema.
    pub(super) fn all_present(&self) -> impl Iterator<Item = Present<'_>> {
        self.schema.definitions.ids().filter_map(|id| self.present(id))
    }

    /// What is written here, in the order of the schema.
    pub(super) fn emitted(&self) -> impl Iterator<Item = Present<'_>> {
        self.all_present().filter(|present| !self.is_foreign(present.id))
    }

    /// Whether a definition is asked for, there or not.
    pub(super) fn is_selected(&self, id: DefId) -> bool {
        self.selected[id]
    }

    /// Whether the module is generated here, with something in it.
    pub(super) fn is_module_emitted(&self, module: ModuleId) -> bool {
        let emitted = |id: DefId| self.is_present(id) && !self.is_foreign(id);
        let items = &self.schema.module(module).items;
        items.iter().any(|item| matches!(item, ModuleItem::Definition(id) if emitted(*id)))
    }

    pub(super) fn home(&self, module: ModuleId) -> &Home {
        &self.homes[module]
    }

    /// Whether the type was generated elsewhere, so that its shape may differ in what compatibility allows.
    pub(super) fn is_foreign(&self, id: DefId) -> bool {
        let definition = self.definition(id);
        matches!(self.home(definition.module), Home::Elsewhere(_))
            || self.options.extern_types.contains_key(&definition.name)
    }

    /// Whether a value of the type may come from a peer with a newer schema, and is to be kept. Does not depend on
    /// conditions.
    pub(super) fn is_open(&self, id: DefId) -> bool {
        if !self.is_received(id) || self.is_closed(id) {
            return false;
        }
        match &self.definition(id).kind {
            // A branch that is not known has a value of the discriminator that is not known.
            DefinitionKind::Union(union) => !self.is_closed(union.discriminator_enum),
            _ => true,
        }
    }

    /// Whether a client receives values of the type.
    pub(super) fn is_received(&self, id: DefId) -> bool {
        self.received[id]
    }

    /// Whether the user keeps the type closed. What is generated elsewhere is as it is.
    fn is_closed(&self, id: DefId) -> bool {
        let name = &self.definition(id).name;
        !self.is_foreign(id) && self.options.closed.iter().any(|closed| closed == "*" || closed == name)
    }

    /// Whether a client sends it: a command, or a type that arguments reach.
    pub(super) fn is_sent(&self, id: DefId) -> bool {
        self.sent[id] || matches!(self.definition(id).kind, DefinitionKind::Command(_))
    }

    /// Whether `holder` must hold `ty` through a pointer.
    pub(super) fn is_boxed(&self, holder: DefId, ty: Type) -> bool {
        match ty {
            Type::Plain(TypeName::Defined(id)) => !self.is_foreign(id) && self.cycles.closed_by(holder, id),
            _ => false,
        }
    }

    /// Whether a branch of `union` is held through a pointer.
    pub(super) fn is_boxed_branch(&self, union: DefId, branch: DefId) -> bool {
        self.is_boxed(union, Type::Plain(TypeName::Defined(branch)))
    }

    /// Whether a handler is async.
    pub(super) fn is_async(&self, command: &Command, module: ModuleId) -> bool {
        match (self.options.handlers, self.home(module)) {
            (Handlers::Sync, Home::Here(_)) => false,
            (Handlers::Async, Home::Here(_)) => command.generate,
            // What is generated elsewhere follows the schema.
            (Handlers::BySchema, _) | (_, Home::Elsewhere(_)) => command.coroutine,
        }
    }

    /// Whether a handler is declared to block.
    pub(super) fn is_blocking(&self, command: &Definition) -> bool {
        self.options.blocking.contains(&command.name)
    }

    /// Whether the session answers the command itself.
    pub(super) fn is_served(&self, name: &str) -> bool {
        self.options.served.iter().any(|served| served == name)
    }

    /// What a condition comes to, together with the types that a reference needs.
    pub(super) fn decide(&self, when: When, needs: Option<Type>) -> Option<When> {
        let when = match needs {
            Some(Type::Plain(TypeName::Defined(id)) | Type::Array(TypeName::Defined(id))) => {
                when.and_when(self.when(id)?)
            }
            _ => when,
        };
        self.decider.decide(when)
    }

    /// Under which condition one of the features `names` is there; none when it is not.
    pub(super) fn feature(&self, features: &[Feature], name: &str) -> Option<When> {
        let feature = features.iter().find(|feature| feature.name == name)?;
        self.decider.decide(When::always().and(feature.condition.as_ref()))
    }
}

/// Under which condition a definition exists; none when it is certain not to be there.
fn exists(schema: &Schema, decider: &Decider, id: DefId) -> Option<When> {
    let mut when = When::always();
    let mut open = vec![id];
    // No deeper than alternating commands, unions and their enums: a definition needs few others.
    while let Some(id) = open.pop() {
        let definition = schema.definition(id);
        when = when.and(definition.condition.as_ref());
        match &definition.kind {
            DefinitionKind::Union(value) => open.push(value.discriminator_enum),
            DefinitionKind::Command(value) => {
                open.extend(value.arguments.whole());
                open.extend(value.returns.and_then(Type::defined));
            }
            DefinitionKind::Event(value) => open.extend(value.data.whole()),
            DefinitionKind::Enum(_) | DefinitionKind::Struct(_) | DefinitionKind::Alternate(_) => {}
        }
    }
    decider.decide(when)
}
