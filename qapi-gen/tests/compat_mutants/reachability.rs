//! Which way the data of a definition goes, worked out apart from the code under test.

use qapi_gen::stages::compat::Direction;
use qapi_gen::stages::schema::*;
use std::collections::BTreeSet;

/// Which definitions are sent and which are received. What can be reached through something excused only is left out.
pub(crate) struct Reach {
    sent: BTreeSet<DefId>,
    received: BTreeSet<DefId>,
    /// Reached in some direction through excused things: nothing to experiment with.
    murky: BTreeSet<DefId>,
}

impl Reach {
    pub(crate) fn new(schema: &Schema) -> Self {
        let walk = |direction, strict| {
            let mut seen = BTreeSet::new();
            for definition in &schema.definitions {
                if !(strict && excused(&definition.features)) {
                    roots(schema, definition, direction, strict, &mut seen);
                }
            }
            seen
        };
        let (sent, received) = (walk(Direction::Sent, true), walk(Direction::Received, true));
        let (all_sent, all_received) = (walk(Direction::Sent, false), walk(Direction::Received, false));
        let murky = all_sent.difference(&sent).chain(all_received.difference(&received)).copied().collect();
        Reach { sent, received, murky }
    }

    pub(crate) fn direction(&self, id: DefId) -> Option<Direction> {
        match (self.sent.contains(&id), self.received.contains(&id)) {
            _ if self.murky.contains(&id) => None,
            (true, true) => Some(Direction::Both),
            (true, false) => Some(Direction::Sent),
            (false, true) => Some(Direction::Received),
            (false, false) => None,
        }
    }
}

/// Whether every change of something with these features is excused.
pub(crate) fn excused(features: &[Feature]) -> bool {
    features.iter().any(|feature| feature.name == "unstable" || feature.name == "deprecated")
}

fn roots(
    schema: &Schema,
    definition: &Definition,
    direction: Direction,
    strict: bool,
    seen: &mut BTreeSet<DefId>,
) {
    let data = match (&definition.kind, direction) {
        (DefinitionKind::Command(command), Direction::Sent) => &command.arguments,
        (DefinitionKind::Event(event), Direction::Received) => &event.data,
        (DefinitionKind::Command(command), Direction::Received) => {
            if let Some(ty) = command.returns {
                reach(schema, ty, strict, seen);
            }
            return;
        }
        _ => return,
    };
    match data {
        Arguments::None => {}
        Arguments::Inline(members) => reach_members(schema, members, strict, seen),
        Arguments::Named(id) | Arguments::Boxed(id) => reach_definition(schema, *id, strict, seen),
    }
}

fn reach(schema: &Schema, ty: Type, strict: bool, seen: &mut BTreeSet<DefId>) {
    let (Type::Plain(name) | Type::Array(name)) = ty;
    if let TypeName::Defined(id) = name {
        reach_definition(schema, id, strict, seen);
    }
}

fn reach_members(schema: &Schema, members: &[Member], strict: bool, seen: &mut BTreeSet<DefId>) {
    for member in members {
        if !(strict && excused(&member.features)) {
            reach(schema, member.ty, strict, seen);
        }
    }
}

fn reach_definition(schema: &Schema, id: DefId, strict: bool, seen: &mut BTreeSet<DefId>) {
    if !seen.insert(id) {
        return;
    }
    match &schema.definition(id).kind {
        DefinitionKind::Struct(found) => {
            reach_members(schema, &found.members, strict, seen);
            if let Some(base) = found.base {
                reach_definition(schema, base, strict, seen);
            }
        }
        DefinitionKind::Union(union) => {
            match &union.base {
                Base::Named(base) => reach_definition(schema, *base, strict, seen),
                Base::Inline(members) => reach_members(schema, members, strict, seen),
            }
            for branch in &union.branches {
                let of = value(schema, union, &branch.name);
                if !(strict && of.is_some_and(|value| excused(&value.features))) {
                    reach_definition(schema, branch.ty, strict, seen);
                }
            }
        }
        DefinitionKind::Alternate(alternate) => {
            alternate.alternatives.iter().for_each(|one| reach(schema, one.ty, strict, seen));
        }
        DefinitionKind::Enum(_) | DefinitionKind::Command(_) | DefinitionKind::Event(_) => {}
    }
}

/// The value that selects a branch.
pub(crate) fn value<'s>(schema: &'s Schema, union: &Union, branch: &str) -> Option<&'s EnumValue> {
    let DefinitionKind::Enum(found) = &schema.definition(union.discriminator_enum).kind else { return None };
    found.values.iter().find(|value| value.name == branch)
}
