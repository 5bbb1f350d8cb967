//! Advice on forms that the compiler accepts but the author may regret.
//!
//! A rule is silenced for a file by a comment anywhere in it: `# qapi-gen: allow(RULE, ...)`.

mod documentation;
mod names;
mod report;
mod rule;
mod silence;
mod style;
mod types;

use crate::language::Language;
use crate::schema::{Arguments, Base, Definition, DefinitionKind, Feature, Member, Schema};
use crate::source::Span;

pub use rule::Rule;

/// One piece of advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The place.
    pub span: Span,
    /// The message, with the name that it is about.
    pub message: String,
}

/// All advice on a schema, sorted by file and place, without the rules that a file silences.
pub fn lint(schema: &Schema) -> Vec<Finding> {
    let mut findings = Vec::new();
    for definition in &schema.definitions {
        documentation::check_documentation(definition, &mut findings);
        names::check_names(definition, &mut findings);
        types::check_types(definition, &mut findings);
    }
    if schema.language == Language::Any {
        style::check_style(&schema.sources, &mut findings);
    }
    silence::silence(schema, &mut findings);
    findings.sort_by_key(|finding| (finding.span, finding.rule));
    findings
}

pub use report::{human, json};

/// The definition's own members.
fn own_members(definition: &Definition) -> &[Member] {
    match &definition.kind {
        DefinitionKind::Struct(found) => &found.members,
        DefinitionKind::Union(union) => match &union.base {
            Base::Inline(members) => members,
            Base::Named(_) => &[],
        },
        DefinitionKind::Command(command) => inline(&command.arguments),
        DefinitionKind::Event(event) => inline(&event.data),
        DefinitionKind::Enum(_) | DefinitionKind::Alternate(_) => &[],
    }
}

fn inline(arguments: &Arguments) -> &[Member] {
    match arguments {
        Arguments::Inline(members) => members,
        Arguments::None | Arguments::Named(_) | Arguments::Boxed(_) => &[],
    }
}

fn has_feature(features: &[Feature], name: &str) -> bool {
    features.iter().any(|feature| feature.name == name)
}

/// The word for a definition in messages.
fn kind_name(definition: &Definition) -> &'static str {
    match definition.kind {
        DefinitionKind::Enum(_) => "enum",
        DefinitionKind::Struct(_) => "struct",
        DefinitionKind::Union(_) => "union",
        DefinitionKind::Alternate(_) => "alternate",
        DefinitionKind::Command(_) => "command",
        DefinitionKind::Event(_) => "event",
    }
}
