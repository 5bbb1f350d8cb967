//! Rules about missing documentation.

use super::{Finding, Rule, kind_name, own_members};
use crate::schema::{Definition, DefinitionKind, Doc, DocSectionKind};
use crate::source::Span;

/// Checks the documentation of a definition; of one that a pragma excuses, not that of its members.
pub(super) fn check_documentation(definition: &Definition, excused: bool, findings: &mut Vec<Finding>) {
    let what = format!("{} '{}'", kind_name(definition), definition.name);
    let Some(doc) = &definition.doc else {
        let message = format!("{what} has no documentation");
        findings.push(Finding::new(Rule::UndocumentedDefinition, definition.span, message));
        return;
    };
    if !doc.sections.iter().any(|section| section.kind == DocSectionKind::Since) {
        let message = format!("the documentation of {what} does not tell since when it is there");
        findings.push(Finding::new(Rule::MissingSince, definition.span, message));
    }
    if excused {
        return;
    }
    for (name, span) in parts(definition) {
        if !is_described(doc, name) {
            let message = format!("'{name}' of {what} is not described");
            findings.push(Finding::new(Rule::UndocumentedMember, span, message));
        }
    }
}

/// Members, values and alternatives, which need a description by name. Branches are described by their types.
fn parts(definition: &Definition) -> Vec<(&str, Span)> {
    match &definition.kind {
        DefinitionKind::Enum(found) => {
            found.values.iter().map(|value| (value.name.as_str(), value.span)).collect()
        }
        DefinitionKind::Alternate(found) => {
            found.alternatives.iter().map(|one| (one.name.as_str(), one.span)).collect()
        }
        DefinitionKind::Struct(_)
        | DefinitionKind::Union(_)
        | DefinitionKind::Command(_)
        | DefinitionKind::Event(_) => {
            own_members(definition).iter().map(|member| (member.name.as_str(), member.span)).collect()
        }
    }
}

fn is_described(doc: &Doc, name: &str) -> bool {
    doc.sections.iter().any(|section| {
        matches!(&section.kind, DocSectionKind::Member(found) if found == name)
            && !section.text.trim().is_empty()
    })
}
