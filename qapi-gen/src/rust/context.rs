//! Answers every question of policy about a schema in Rust; emitters only ask.

use super::cfg::{Decider, When, cfg_name};
use super::graph::Cycles;
use super::options::{Handlers, Options};
use super::{fingerprint, names, select};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Origin, Severity};
use crate::schema::{
    Arguments, Base, Command, DefId, Definition, DefinitionKind, Feature, Member, ModuleId, ModuleItem,
    Schema, Type, TypeName,
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

pub(super) struct Context<'a> {
    pub(super) schema: &'a Schema,
    pub(super) options: &'a Options,
    pub(super) decider: Decider,
    pub(super) homes: Vec<Home>,
    /// Whether fingerprints are compared in the generated code, by module.
    pub(super) fingerprints: Vec<u64>,
    by_name: BTreeMap<&'a str, DefId>,
    when: Vec<Option<When>>,
    selected: Vec<bool>,
    received: Vec<bool>,
    cycles: Cycles,
}

impl<'a> Context<'a> {
    pub(super) fn new(schema: &'a Schema, options: &'a Options) -> Result<Self, Diagnostics> {
        let decider = Decider::new(&options.conditions, &options.defines).map_err(|define| {
            let message = format!("the predicate for the condition '{define}' is not Rust");
            Diagnostics::from(option_error(Code::RustUnknownName, "condition_cfg", message))
        })?;
        let references = select::references(schema);
        let selected = references.reachable(select::roots(schema, options)?);
        let received = references.reachable(select::received_roots(schema, options));
        let fingerprints: Vec<u64> =
            (0..schema.modules.len()).map(|id| fingerprint::of_module(schema, ModuleId(id as u32))).collect();
        let homes = select::homes(schema, options, &fingerprints)?;
        let mut context = Context {
            schema,
            options,
            decider,
            homes,
            fingerprints,
            by_name: schema
                .definitions
                .iter()
                .enumerate()
                .map(|(id, def)| (&def.name[..], DefId(id as u32)))
                .collect(),
            when: Vec::new(),
            selected,
            received,
            cycles: select::containment(schema).cycles(),
        };
        context.when = (0..schema.definitions.len()).map(|id| context.find_when(DefId(id as u32))).collect();
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
        self.when[id.0 as usize].as_ref()
    }

    /// Whether a definition is asked for, and there.
    pub(super) fn is_present(&self, id: DefId) -> bool {
        self.selected[id.0 as usize] && self.when(id).is_some()
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
        &self.homes[module.0 as usize]
    }

    /// Whether the type was generated elsewhere, so that its shape may differ in what compatibility allows.
    pub(super) fn is_foreign(&self, id: DefId) -> bool {
        let definition = self.definition(id);
        matches!(self.home(definition.module), Home::Elsewhere(_))
            || self.options.extern_types.contains_key(&definition.name)
    }

    /// Whether a value of the type may come from a peer with a newer schema. Does not depend on conditions.
    pub(super) fn is_open(&self, id: DefId) -> bool {
        self.received[id.0 as usize]
    }

    /// Whether `holder` must hold `ty` through a pointer.
    pub(super) fn is_boxed(&self, holder: DefId, ty: Type) -> bool {
        match ty {
            Type::Plain(TypeName::Defined(id)) => {
                !self.is_foreign(id) && self.cycles.closed_by(holder.0 as usize, id.0 as usize)
            }
            _ => false,
        }
    }

    /// Whether a branch of `union` is held through a pointer.
    pub(super) fn is_boxed_branch(&self, union: DefId, branch: DefId) -> bool {
        self.is_boxed(union, Type::Plain(TypeName::Defined(branch)))
    }

    /// Whether a type has a `Default`, as structs have whose members may all be absent. What is generated
    /// elsewhere may have become richer in what is required.
    pub(super) fn has_default(&self, id: DefId) -> bool {
        matches!(self.definition(id).kind, DefinitionKind::Struct(_))
            && !self.is_foreign(id)
            && self.all_members_optional(id)
    }

    /// Whether all members may be absent. Does not depend on conditions.
    pub(super) fn all_members_optional(&self, id: DefId) -> bool {
        self.required_members(id) == 0
    }

    /// Whether a union has no required member but its discriminator. Does not depend on conditions.
    pub(super) fn only_discriminator_required(&self, union: DefId) -> bool {
        self.required_members(union) == 1
    }

    fn required_members(&self, id: DefId) -> usize {
        let required = |members: &[Member]| members.iter().filter(|member| !member.optional).count();
        let of = |arguments: &Arguments| match arguments {
            Arguments::Inline(members) => required(members),
            Arguments::None | Arguments::Named(_) | Arguments::Boxed(_) => 0,
        };
        match &self.definition(id).kind {
            DefinitionKind::Struct(value) => {
                required(&value.members) + value.base.map_or(0, |base| self.required_members(base))
            }
            DefinitionKind::Union(value) => match &value.base {
                Base::Named(base) => self.required_members(*base),
                Base::Inline(members) => required(members),
            },
            DefinitionKind::Command(value) => of(&value.arguments),
            DefinitionKind::Event(value) => of(&value.data),
            DefinitionKind::Enum(_) | DefinitionKind::Alternate(_) => 0,
        }
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

    /// The members of a struct or of a union's base, those of bases first; what is certainly not there is left out.
    pub(super) fn members(&self, id: DefId) -> Vec<Placed<'a>> {
        match &self.definition(id).kind {
            DefinitionKind::Struct(value) => self.with_base(value.base, &value.members, id),
            DefinitionKind::Union(value) => match &value.base {
                Base::Named(base) => self.with_base(Some(*base), &[], id),
                Base::Inline(members) => self.with_base(None, members, id),
            },
            DefinitionKind::Command(value) => self.arguments(&value.arguments, id),
            DefinitionKind::Event(value) => self.arguments(&value.data, id),
            DefinitionKind::Enum(_) | DefinitionKind::Alternate(_) => Vec::new(),
        }
    }

    fn arguments(&self, arguments: &'a Arguments, id: DefId) -> Vec<Placed<'a>> {
        match arguments {
            Arguments::Inline(members) => self.with_base(None, members, id),
            Arguments::None | Arguments::Named(_) | Arguments::Boxed(_) => Vec::new(),
        }
    }

    fn with_base(&self, base: Option<DefId>, own: &'a [Member], owner: DefId) -> Vec<Placed<'a>> {
        let mut placed = Vec::new();
        if let Some(base) = base
            && let Some(base_when) = self.when(base)
        {
            placed = self.members(base);
            for member in &mut placed {
                member.when = std::mem::take(&mut member.when).and_when(base_when);
            }
        }
        placed.extend(own.iter().filter_map(|member| {
            let when = self.decide(When::always().and(member.condition.as_ref()), Some(member.ty))?;
            Some(Placed { member, owner, when })
        }));
        placed
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

    /// The name of a definition in Rust, without its modules.
    pub(super) fn name(&self, id: DefId) -> String {
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
    pub(super) fn branch_name(&self, union: DefId) -> String {
        self.helper_name(self.name(union) + "Branch")
    }

    /// A name for something that is generated beside the schema's types: with `_` where a type has it. No type's
    /// name ends so.
    pub(super) fn helper_name(&self, name: String) -> String {
        if self.by_name.contains_key(&name[..]) { name + "_" } else { name }
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

    /// The path of a module of the schema, with `::` at its end when it is not empty.
    pub(super) fn module_path(&self, module: ModuleId, from: Place) -> String {
        match (self.home(module), from) {
            (Home::Elsewhere(path), _) => format!("{path}::"),
            (Home::Here(_), Place::Module(here)) if here == module => String::new(),
            (Home::Here(_), Place::Nested(here)) if here == module => "super::".to_owned(),
            (Home::Here(name), Place::Nested(_)) => format!("super::super::{name}::"),
            (Home::Here(name), Place::Module(_) | Place::Beside) => format!("super::{name}::"),
        }
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
