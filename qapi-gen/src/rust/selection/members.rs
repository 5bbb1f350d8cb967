//! The members of definitions, including those of their bases.

use super::Selection;
use crate::rust::cfg::When;
use crate::schema::{Arguments, Base, DefId, DefinitionKind, Member};

/// A member as a field: a struct's own, or taken over from its base.
#[derive(Clone, Debug)]
pub(in crate::rust) struct Placed<'a> {
    pub(in crate::rust) member: &'a Member,
    /// The definition that lists it.
    pub(in crate::rust) owner: DefId,
    pub(in crate::rust) when: When,
}

impl<'a> Selection<'a> {
    /// The members of a struct or of a union's base, those of bases first, without members that cannot exist.
    pub(in crate::rust) fn members(&self, id: DefId) -> Vec<Placed<'a>> {
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

    /// Whether a type has a `Default`: a struct whose members may all be absent. A type that is generated elsewhere has
    /// none, since its version there may require members.
    pub(in crate::rust) fn has_default(&self, id: DefId) -> bool {
        matches!(self.definition(id).kind, DefinitionKind::Struct(_))
            && !self.is_foreign(id)
            && self.all_members_optional(id)
    }

    /// Whether all members may be absent. Does not depend on conditions.
    pub(in crate::rust) fn all_members_optional(&self, id: DefId) -> bool {
        self.required_members(id) == 0
    }

    /// Whether a union has no required member but its discriminator. Does not depend on conditions.
    pub(in crate::rust) fn only_discriminator_required(&self, union: DefId) -> bool {
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
}
