//! The places where a schema uses its enumerations. A client finds an enumeration by them in a server's introspection,
//! which masks type names.

use crate::ids::IdVec;
use crate::rust::context::Context;
use crate::schema::{Arguments, Base, DefId, DefinitionKind, Member, Type, TypeName};
use std::collections::{BTreeMap, VecDeque};

/// How often a type is visited, and so the most places that an enumeration gets. One would do for a server with the
/// same schema; another server may lack the first place.
const MOST: usize = 3;

/// Each enumeration of the client, with the places that use it, the nearest first. `ClientSchema::ENUMERATIONS` in the
/// runtime documents the format.
///
/// Conditions of commands, events and members are ignored, since the server may be built with other defines.
pub(super) fn enumerations(cx: &Context<'_>) -> BTreeMap<String, Vec<String>> {
    let mut walk = Walk { cx, visits: cx.schema.definitions.map(|_| 0), open: VecDeque::new() };
    for (id, definition) in cx.schema.definitions.entries() {
        if cx.is_selected(id) {
            walk.begin(&definition.name, &definition.kind);
        }
    }
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    while let Some((id, path)) = walk.open.pop_front() {
        let definition = cx.definition(id);
        match definition.kind {
            DefinitionKind::Enum(_) if cx.is_present(id) => {
                found.entry(definition.name.clone()).or_default().push(path);
            }
            _ => walk.look_into(&definition.kind, &path),
        }
    }
    found
}

/// A breadth-first search, so that the shortest paths are found first.
struct Walk<'a> {
    cx: &'a Context<'a>,
    visits: IdVec<DefId, usize>,
    open: VecDeque<(DefId, String)>,
}

impl Walk<'_> {
    fn begin(&mut self, name: &str, kind: &DefinitionKind) {
        match kind {
            DefinitionKind::Command(command) => {
                self.arguments(&command.arguments, &format!(">{name}"));
                if let Some(ty) = command.returns {
                    self.ty(ty, || format!("<{name}"));
                }
            }
            DefinitionKind::Event(event) => self.arguments(&event.data, &format!("!{name}")),
            DefinitionKind::Enum(_)
            | DefinitionKind::Struct(_)
            | DefinitionKind::Union(_)
            | DefinitionKind::Alternate(_) => {}
        }
    }

    fn look_into(&mut self, kind: &DefinitionKind, path: &str) {
        match kind {
            DefinitionKind::Struct(value) => {
                // Introspection shows the members of a base as the struct's own.
                if let Some(base) = value.base {
                    self.look_into(&self.cx.definition(base).kind, path);
                }
                self.members(&value.members, path);
            }
            DefinitionKind::Union(value) => {
                match &value.base {
                    Base::Named(base) => self.look_into(&self.cx.definition(*base).kind, path),
                    Base::Inline(members) => self.members(members, path),
                }
                for branch in &value.branches {
                    self.visit(branch.ty, || format!("{path}={}", branch.name));
                }
            }
            DefinitionKind::Alternate(value) => {
                value.alternatives.iter().for_each(|choice| self.ty(choice.ty, || path.to_owned()));
            }
            DefinitionKind::Enum(_) | DefinitionKind::Command(_) | DefinitionKind::Event(_) => {}
        }
    }

    fn arguments(&mut self, arguments: &Arguments, path: &str) {
        match arguments {
            Arguments::None => {}
            Arguments::Inline(members) => self.members(members, path),
            Arguments::Named(id) | Arguments::Boxed(id) => self.visit(*id, || path.to_owned()),
        }
    }

    fn members(&mut self, members: &[Member], path: &str) {
        members.iter().for_each(|member| self.ty(member.ty, || format!("{path}/{}", member.name)));
    }

    fn ty(&mut self, ty: Type, path: impl FnOnce() -> String) {
        let (Type::Plain(name) | Type::Array(name)) = ty;
        if let TypeName::Defined(id) = name {
            self.visit(id, path);
        }
    }

    fn visit(&mut self, id: DefId, path: impl FnOnce() -> String) {
        let visits = &mut self.visits[id];
        if *visits < MOST {
            *visits += 1;
            self.open.push_back((id, path()));
        }
    }
}
