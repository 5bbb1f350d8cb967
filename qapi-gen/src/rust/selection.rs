//! The selection: which parts of a schema are generated, and under which conditions they exist.

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

/// A definition that is selected and exists in some configuration.
#[derive(Clone, Copy)]
pub(super) struct Present<'s> {
    pub(super) id: DefId,
    pub(super) definition: &'s Definition,
    /// The condition under which it exists: its own and those of definitions that it requires.
    pub(super) when: &'s When,
}

/// The decisions about the parts of a schema, except for their names.
pub(super) struct Selection<'a> {
    pub(super) schema: &'a Schema,
    pub(super) options: &'a Options,
    pub(super) decider: Decider,
    homes: IdVec<ModuleId, Home>,
    /// The fingerprint of each module.
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
        let when = schema.definitions.map(|id| exists(schema, &decider, id));
        let selected = references.reachable(reach::roots(schema, options, |id| when[id].is_some())?);
        let received = references.reachable(reach::received_roots(schema, options, |_| true));
        let sent = references.reachable(reach::sent_roots(schema, |_| true));
        let fingerprints = schema.modules.map(|id| fingerprint::of_module(schema, id));
        let homes = homes::find(schema, options, &fingerprints)?;
        Ok(Selection {
            schema,
            options,
            when,
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

    /// The definition with this name.
    pub(super) fn find(&self, name: &str) -> Option<DefId> {
        self.by_name.get(name).copied()
    }

    /// The condition under which a definition exists: its own and those of definitions that it requires. `None` if it
    /// cannot exist.
    pub(super) fn when(&self, id: DefId) -> Option<&When> {
        self.when[id].as_ref()
    }

    /// A definition, if it is selected and exists.
    pub(super) fn present(&self, id: DefId) -> Option<Present<'_>> {
        let when = self.when(id).filter(|_| self.is_selected(id))?;
        Some(Present { id, definition: self.definition(id), when })
    }

    /// Whether a definition is selected and exists.
    pub(super) fn is_present(&self, id: DefId) -> bool {
        self.present(id).is_some()
    }

    /// The definitions that are selected and exist, in the order of the schema.
    pub(super) fn all_present(&self) -> impl Iterator<Item = Present<'_>> {
        self.schema.definitions.ids().filter_map(|id| self.present(id))
    }

    /// The definitions that are emitted here, in the order of the schema.
    pub(super) fn emitted(&self) -> impl Iterator<Item = Present<'_>> {
        self.all_present().filter(|present| !self.is_foreign(present.id))
    }

    /// Whether a definition is selected, even if it does not exist.
    pub(super) fn is_selected(&self, id: DefId) -> bool {
        self.selected[id]
    }

    /// Whether the module is generated here and is not empty.
    pub(super) fn is_module_emitted(&self, module: ModuleId) -> bool {
        let emitted = |id: DefId| self.is_present(id) && !self.is_foreign(id);
        let items = &self.schema.module(module).items;
        items.iter().any(|item| matches!(item, ModuleItem::Definition(id) if emitted(*id)))
    }

    pub(super) fn home(&self, module: ModuleId) -> &Home {
        &self.homes[module]
    }

    /// Whether the type was generated elsewhere. Its shape may then differ by a compatible change.
    pub(super) fn is_foreign(&self, id: DefId) -> bool {
        let definition = self.definition(id);
        matches!(self.home(definition.module), Home::Elsewhere(_))
            || self.options.extern_types.contains_key(&definition.name)
    }

    /// Whether the type is open: it keeps unknown values from a peer with a newer schema. Does not depend on
    /// conditions.
    pub(super) fn is_open(&self, id: DefId) -> bool {
        if !self.is_received(id) || self.is_closed(id) {
            return false;
        }
        match &self.definition(id).kind {
            // An unknown branch has an unknown value of the discriminator, so both are open or closed together.
            DefinitionKind::Union(union) => !self.is_closed(union.discriminator_enum),
            _ => true,
        }
    }

    /// Whether a client receives values of the type.
    pub(super) fn is_received(&self, id: DefId) -> bool {
        self.received[id]
    }

    /// Whether the user keeps the type closed. This has no effect on types that are generated elsewhere.
    fn is_closed(&self, id: DefId) -> bool {
        let name = &self.definition(id).name;
        !self.is_foreign(id) && self.options.closed.iter().any(|closed| closed == "*" || closed == name)
    }

    /// Whether a client sends it: a command, or a type in arguments.
    pub(super) fn is_sent(&self, id: DefId) -> bool {
        self.sent[id] || matches!(self.definition(id).kind, DefinitionKind::Command(_))
    }

    /// Whether `holder` must hold `ty` in a `Box`, because of recursion.
    pub(super) fn is_boxed(&self, holder: DefId, ty: Type) -> bool {
        match ty {
            Type::Plain(TypeName::Defined(id)) => !self.is_foreign(id) && self.cycles.closed_by(holder, id),
            _ => false,
        }
    }

    /// Whether a branch of `union` is held in a `Box`.
    pub(super) fn is_boxed_branch(&self, union: DefId, branch: DefId) -> bool {
        self.is_boxed(union, Type::Plain(TypeName::Defined(branch)))
    }

    /// Whether a handler is async.
    pub(super) fn is_async(&self, command: &Command, module: ModuleId) -> bool {
        match (self.options.handlers, self.home(module)) {
            (Handlers::Sync, Home::Here(_)) => false,
            (Handlers::Async, Home::Here(_)) => command.generate,
            // Modules that are generated elsewhere follow the schema.
            (Handlers::BySchema, _) | (_, Home::Elsewhere(_)) => command.coroutine,
        }
    }

    /// Whether the handler is declared to block.
    pub(super) fn is_blocking(&self, command: &Definition) -> bool {
        self.options.blocking.contains(&command.name)
    }

    /// Whether the session answers the command itself.
    pub(super) fn is_served(&self, name: &str) -> bool {
        self.options.served.iter().any(|served| served == name)
    }

    /// A condition, combined with those of the types that a reference needs.
    pub(super) fn decide(&self, when: When, needs: Option<Type>) -> Option<When> {
        let when = match needs {
            Some(Type::Plain(TypeName::Defined(id)) | Type::Array(TypeName::Defined(id))) => {
                when.and_when(self.when(id)?)
            }
            _ => when,
        };
        self.decider.decide(when)
    }

    /// The condition under which one of the features `names` exists; `None` if it cannot.
    pub(super) fn feature(&self, features: &[Feature], name: &str) -> Option<When> {
        let feature = features.iter().find(|feature| feature.name == name)?;
        self.decider.decide(When::always().and(feature.condition.as_ref()))
    }
}

/// The condition under which a definition exists; `None` if it cannot exist.
fn exists(schema: &Schema, decider: &Decider, id: DefId) -> Option<When> {
    let mut when = When::always();
    let mut open = vec![id];
    // The walk is shallow: from commands to unions to their enums.
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
