//! Which definition of a schema lists a part: types on the wire do not tell, since members of bases are merged into them.

use crate::schema::{Arguments, Base, DefinitionKind, Feature, Member, Schema};
use crate::source::Span;
use std::collections::HashMap;

/// The name of the definition that lists the part at a place.
pub(super) fn owners(schema: &Schema) -> HashMap<Span, String> {
    let mut spans = Vec::new();
    let mut owners = HashMap::new();
    for definition in &schema.definitions {
        spans.push(definition.span);
        features(&definition.features, &mut spans);
        match &definition.kind {
            DefinitionKind::Enum(found) => found.values.iter().for_each(|value| {
                spans.push(value.span);
                features(&value.features, &mut spans);
            }),
            DefinitionKind::Struct(found) => members(&found.members, &mut spans),
            DefinitionKind::Union(found) => {
                if let Base::Inline(base) = &found.base {
                    members(base, &mut spans);
                }
                spans.extend(found.branches.iter().map(|branch| branch.span));
            }
            DefinitionKind::Alternate(found) => spans.extend(found.alternatives.iter().map(|one| one.span)),
            DefinitionKind::Command(command) => arguments(&command.arguments, &mut spans),
            DefinitionKind::Event(event) => arguments(&event.data, &mut spans),
        }
        owners.extend(spans.drain(..).map(|span| (span, definition.name.clone())));
    }
    owners
}

fn arguments(found: &Arguments, spans: &mut Vec<Span>) {
    if let Arguments::Inline(found) = found {
        members(found, spans);
    }
}

fn members(found: &[Member], spans: &mut Vec<Span>) {
    for member in found {
        spans.push(member.span);
        features(&member.features, spans);
    }
}

fn features(found: &[Feature], spans: &mut Vec<Span>) {
    spans.extend(found.iter().map(|feature| feature.span));
}
