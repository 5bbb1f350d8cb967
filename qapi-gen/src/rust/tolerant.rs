//! The schema of a client that does without members which its server should send.

use super::options::Options;
use super::reach;
use crate::schema::{Arguments, Base, DefId, DefinitionKind, Member, Schema};
use std::collections::HashSet;

/// Makes all members of types that are only received optional. A member stays mandatory if it selects a branch, and so do
/// the members of types that commands also send, since a client could leave them out.
pub(super) fn tolerant(mut schema: Schema, options: &Options) -> Schema {
    let graph = reach::references(&schema);
    // Unknown names in `only` are reported by the selection.
    let Ok(roots) = reach::roots(&schema, options, |_| true) else { return schema };
    let roots: HashSet<DefId> = roots.into_iter().collect();
    let is_root = |id| roots.contains(&id);
    let sent = graph.reachable(reach::sent_roots(&schema, is_root));
    let received = graph.reachable(reach::received_roots(&schema, options, is_root));
    let tags = tags(&schema);
    for id in schema.definitions.ids() {
        if !received[id] || sent[id] {
            continue;
        }
        let lift = |members: &mut [Member]| {
            for member in members.iter_mut().filter(|member| !tags.contains(&(id, member.name.clone()))) {
                member.optional = true;
            }
        };
        match &mut schema.definitions[id].kind {
            DefinitionKind::Struct(found) => lift(&mut found.members),
            DefinitionKind::Union(found) => {
                if let Base::Inline(members) = &mut found.base {
                    lift(members);
                }
            }
            DefinitionKind::Event(event) => {
                if let Arguments::Inline(members) = &mut event.data {
                    lift(members);
                }
            }
            DefinitionKind::Enum(_) | DefinitionKind::Alternate(_) | DefinitionKind::Command(_) => {}
        }
    }
    schema
}

/// The members that select a branch of some union, with the definition that has them.
fn tags(schema: &Schema) -> HashSet<(DefId, String)> {
    let mut tags = HashSet::new();
    for (id, definition) in schema.definitions.entries() {
        let DefinitionKind::Union(union) = &definition.kind else { continue };
        match union.base {
            Base::Inline(_) => {
                tags.insert((id, union.discriminator.clone()));
            }
            Base::Named(base) => {
                let bases = std::iter::successors(Some(base), |id| match &schema.definition(*id).kind {
                    DefinitionKind::Struct(found) => found.base,
                    _ => None,
                });
                tags.extend(bases.map(|id| (id, union.discriminator.clone())));
            }
        }
    }
    tags
}
