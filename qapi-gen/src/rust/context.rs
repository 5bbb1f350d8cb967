//! Answers every question of policy about a schema in Rust; emitters only ask.

mod members;
mod paths;

use super::cfg::{Decider, When, cfg_name};
use super::graph::Cycles;
use super::options::{Handlers, Options};
use super::spelling::Spellings;
use super::{fingerprint, select};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Origin, Severity};
use crate::ids::IdVec;
use crate::schema::{
    Arguments, Command, DefId, Definition, DefinitionKind, Feature, Member, ModuleId, ModuleItem, Schema,
    Type, TypeName,
};
use std::collections::{BTreeMap, BTreeSet};

/// Where a module of the schema is in Rust.
#[derive(Debug)]
pub(super) enum Home {
    /// Generated, by this name.
    Here(String),
    /// Generated elsewhere, at this path.
    Elsewhere(String),
}

/// A place in the generated code, from which paths start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A module beside those of the schema.
    Beside,
    /// A module of the schema.
    Module(ModuleId),
    /// `command` or `event` in a module of the schema.
    Nested(ModuleId),
}

/// A member as a field: a struct's own, or taken over from its base.
#[derive(Clone, Debug)]
pub(super) struct Placed<'a> {
    pub(super) member: &'a Member,
    /// The definition that lists it.
    pub(super) owner: DefId,
    pub(super) when: When,
}

/// What is known and decided about a schema.
pub(super) struct Context<'a> {
    pub(super) schema: &'a Schema,
    pub(super) options: &'a Options,
    pub(super) decider: Decider,
    pub(super) homes: IdVec<ModuleId, Home>,
    /// Whether fingerprints are compared in the generated code, by module.
    pub(super) fingerprints: IdVec<ModuleId, u64>,
    by_name: BTreeMap<&'a str, DefId>,
    when: IdVec<DefId, Option<When>>,
    selected: IdVec<DefId, bool>,
    received: IdVec<DefId, bool>,
    sent: IdVec<DefId, bool>,
    cycles: Cycles,
    spellings: Spellings,
}

impl<'a> Context<'a> {
    pub(super) fn new(schema: &'a Schema, options: &'a Options) -> Result<Self, Diagnostics> {
        let decider = Decider::new(&options.conditions, &options.defines);
        let references = select::references(schema);
        let selected = references.reachable(select::roots(schema, options)?);
        let received = references.reachable(select::received_roots(schema, options));
        let sent = references.reachable(select::sent_roots(schema));
        let fingerprints = schema.modules.map(|id| fingerprint::of_module(schema, id));
        let homes = select::homes(schema, options, &fingerprints)?;
        let mut context = Context {
            schema,
            options,
            decider,
            homes,
            fingerprints,
            by_name: schema
                .definitions
                .entries()
                .map(|(id, definition)| (&definition.name[..], id))
                .collect(),
            when: IdVec::new(),
            selected,
            received,
            sent,
            cycles: select::containment(schema).cycles(),
            spellings: Spellings::new(schema),
        };
        context.when = schema.definitions.map(|id| context.find_when(id));
        context.spellings = std::mem::take(&mut context.spellings).add_inner(&context);
        Ok(context)
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

    /// Whether a definition is asked for, and there.
    pub(super) fn is_present(&self, id: DefId) -> bool {
        self.is_selected(id) && self.when(id).is_some()
    }

    /// Whether a definition is asked for, there or not.
    pub(super) fn is_selected(&self, id: DefId) -> bool {
        self.selected[id]
    }

    /// Whether the type is written here: present, and generated nowhere else.
    pub(super) fn is_emitted(&self, id: DefId) -> bool {
        let definition = self.definition(id);
        self.is_present(id)
            && matches!(self.home(definition.module), Home::Here(_))
            && !self.options.extern_types.contains_key(&definition.name)
    }

    /// Whether the module is generated here, with something in it.
    pub(super) fn is_module_emitted(&self, module: ModuleId) -> bool {
        let emitted = |item: &ModuleItem| matches!(item, ModuleItem::Definition(id) if self.is_emitted(*id));
        self.schema.module(module).items.iter().any(emitted)
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
    pub(super) fn is_blocking(&self, id: DefId) -> bool {
        self.options.blocking.contains(&self.definition(id).name)
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

    /// What rustc has to be told of cfgs, as in `cfg(CONFIG_LINUX)`.
    pub(super) fn check_cfgs(&self) -> Vec<String> {
        let mut names = BTreeSet::new();
        let conditions = self.schema.defines();
        names.extend(
            conditions.iter().filter(|define| self.decider.is_plain(define)).map(|define| cfg_name(define)),
        );
        names.into_iter().map(|name: String| format!("cfg({name})")).collect()
    }

    /// Under which condition one of the features `names` is there; none when it is not.
    pub(super) fn feature(&self, features: &[Feature], name: &str) -> Option<When> {
        let feature = features.iter().find(|feature| feature.name == name)?;
        self.decider.decide(When::always().and(feature.condition.as_ref()))
    }

    /// Finds [`Self::when`].
    fn find_when(&self, id: DefId) -> Option<When> {
        let mut when = When::always();
        let mut open = vec![id];
        // No deeper than alternating commands, unions and their enums: a definition needs few others.
        while let Some(id) = open.pop() {
            let definition = self.definition(id);
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
        self.decider.decide(when)
    }
}

impl Arguments {
    /// The type that is taken whole.
    pub(super) fn whole(&self) -> Option<DefId> {
        match self {
            Arguments::Named(id) | Arguments::Boxed(id) => Some(*id),
            Arguments::None | Arguments::Inline(_) => None,
        }
    }
}

impl Type {
    /// The definition that the reference names.
    pub(super) fn defined(self) -> Option<DefId> {
        match self {
            Type::Plain(TypeName::Defined(id)) | Type::Array(TypeName::Defined(id)) => Some(id),
            _ => None,
        }
    }
}

/// An error in an option of the user.
pub(super) fn option_error(code: Code, option: &str, message: String) -> Diagnostic {
    Diagnostic::new(code, Severity::Error, Origin::Option(option.to_owned()), message)
}
