//! Advice on forms that the compiler accepts but the author may regret.
//!
//! A rule is silenced for a file by a comment anywhere in it: `# qapi-gen: allow(RULE, ...)`.

mod documentation;
mod names;
mod report;
mod rule;
mod silence;
mod since;
mod style;
mod types;

use crate::language::Language;
use crate::schema::{Arguments, Base, Definition, DefinitionKind, Feature, Member, Schema, Version};
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
    /// Whether it is too late to follow it.
    is_settled: bool,
}

impl Finding {
    fn new(rule: Rule, span: Span, message: String) -> Self {
        Finding { rule, span, message, is_settled: false }
    }
}

/// Advice on a schema, sorted by file and place, without the rules that a file silences. There is none on returns of
/// commands from before the schema's newest version, since they cannot change any more.
pub fn lint(schema: &Schema) -> Vec<Finding> {
    let mut findings = all(schema);
    findings.retain(|finding| !finding.is_settled);
    findings
}

/// Advice on what is new in a schema: that which an old version of it, if there is one, gave no reason for. This alone tells
/// what is new, whatever the documentation says.
pub fn lint_since(old: Option<&Schema>, schema: &Schema) -> Vec<Finding> {
    let findings = all(schema);
    match old {
        Some(old) => since::new(all(old), &old.sources, findings, &schema.sources),
        None => findings,
    }
}

/// All advice, that on settled matters included.
fn all(schema: &Schema) -> Vec<Finding> {
    let newest = Version::newest(schema.definitions.iter());
    let mut findings = Vec::new();
    for definition in &schema.definitions {
        let excused = schema.documentation_exceptions.contains(&definition.name);
        documentation::check_documentation(definition, excused, &mut findings);
        names::check_names(definition, &mut findings);
        types::check_types(definition, newest.as_ref(), &mut findings);
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
