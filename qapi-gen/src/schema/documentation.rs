//! Checks that documentation describes everything that a definition has, and nothing else.

use super::context::Context;
use super::draft::{Body, Draft};
use super::features;
use crate::diagnostic::{Code, Diagnostic};
use crate::language::{Language, Rule};
use crate::source::Span;
use crate::syntax::doc::{Doc, SectionKind};
use std::collections::HashSet;

/// Checks the documentation of a definition against it.
pub(super) fn check(cx: &mut Context<'_>, draft: &Draft<'_>) {
    let Some(doc) = draft.doc else {
        check_required(cx, draft);
        return;
    };
    check_name(cx, draft, doc);
    check_sections(cx, draft, doc);
    check_members(cx, draft, doc);
    check_features(cx, draft, doc);
}

fn check_required(cx: &mut Context<'_>, draft: &Draft<'_>) {
    if cx.pragmas.doc_required {
        let name = &draft.site.name;
        let message = format!("{} is not documented", draft.site.describe());
        let diagnostic =
            cx.fault(&draft.site, Code::DocRequired, name.span, message, "documentation comment required");
        cx.found
            .push(diagnostic.note("the pragma 'doc-required' asks for documentation of every definition"));
    }
}

fn check_name(cx: &mut Context<'_>, draft: &Draft<'_>, doc: &Doc) {
    let name = &draft.site.name;
    if let Some(symbol) = doc.symbol.as_ref().filter(|symbol| symbol.text != name.text) {
        let message =
            format!("documentation comment before {} is for '{}'", draft.site.describe(), symbol.text);
        let diagnostic =
            cx.fault(&draft.site, Code::DocWrongName, name.span, message, "documented definition");
        cx.found.push(diagnostic.label(symbol.span, format!("expected '{}'", name.text)));
    }
}

/// Checks that only commands have `Returns:` and `Errors:`, and that those with `Returns:` return something.
fn check_sections(cx: &mut Context<'_>, draft: &Draft<'_>, doc: &Doc) {
    for (index, section) in doc.sections.iter().enumerate() {
        let tag = match section.kind {
            _ if !is_certain(cx, doc, index) => continue,
            SectionKind::Returns => "Returns",
            SectionKind::Errors => "Errors",
            SectionKind::Body
            | SectionKind::Plain
            | SectionKind::Member(_)
            | SectionKind::Feature(_)
            | SectionKind::Since
            | SectionKind::Todo
            | SectionKind::Legacy(_) => continue,
        };
        let diagnostic = match &draft.body {
            Body::Command { returns: None, .. }
                if tag == "Returns" && cx.language.has(Rule::ReturnsNothing) =>
            {
                let message = format!("'Returns' section, but {} returns nothing", draft.site.describe());
                Diagnostic::error(Code::DocReturnsNothing, section.span, message)
                    .note(Rule::ReturnsNothing.history())
            }
            Body::Command { .. } => continue,
            Body::Enum { .. }
            | Body::Struct { .. }
            | Body::Union { .. }
            | Body::Alternate { .. }
            | Body::Event { .. } => {
                let message =
                    format!("'{tag}' section is only valid for commands, not for {}", draft.site.describe());
                Diagnostic::error(Code::DocSectionNotCommand, section.span, message)
            }
        };
        let label = format!("the {}", draft.site.kind.key());
        let diagnostic =
            diagnostic.label(section.span, "unexpected section").label(draft.site.name.span, label);
        cx.found.push(at_comment(cx, doc, diagnostic));
    }
}

fn check_members(cx: &mut Context<'_>, draft: &Draft<'_>, doc: &Doc) {
    let members = described(draft);
    let known: HashSet<&str> = members.iter().map(|(name, _)| *name).collect();
    let mut documented = HashSet::new();
    for (index, section) in doc.sections.iter().enumerate() {
        let SectionKind::Member(name) = &section.kind else { continue };
        documented.insert(name.text.as_str());
        if !known.contains(name.text.as_str()) && is_certain(cx, doc, index) {
            let what = format!("member '{}'", name.text);
            let near = cx.nearest(&name.text, members.iter().map(|(name, _)| *name));
            unknown(cx, draft, doc, Code::DocUnknownMember, name.span, &what, near);
        }
    }
    let excused = cx.pragmas.documentation.contains(draft.site.name.text.as_str());
    if excused || !cx.language.has(Rule::DescribedMembers) {
        return;
    }
    for (name, span) in members {
        if !documented.contains(name) {
            let message = format!("'{name}' of {} lacks documentation", draft.site.describe());
            let diagnostic = cx.fault(&draft.site, Code::DocMissingMember, span, message, "not documented");
            let label = format!("expected a description that begins with '@{name}:'");
            let diagnostic = diagnostic.label(doc.mark, label).note(Rule::DescribedMembers.history());
            cx.found.push(match has_line(doc, name) {
                true => diagnostic.help(format!("an empty line has to stand before the line '@{name}:'")),
                false => diagnostic,
            });
        }
    }
}

/// Whether the text has a line that would describe a member if an empty line preceded it.
fn has_line(doc: &Doc, name: &str) -> bool {
    let begins = |line: &str| {
        line.strip_prefix('@')
            .and_then(|line| line.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with(':'))
    };
    doc.sections.iter().any(|section| section.text.lines().any(begins))
}

/// Whether every version of the language reads the section as one. If no version is known, a line within a paragraph
/// that looks like the beginning of a section is read as one, but may be text.
fn is_certain(cx: &Context<'_>, doc: &Doc, index: usize) -> bool {
    let Some(before) = index.checked_sub(1).map(|index| &doc.sections[index]) else { return true };
    let section = &doc.sections[index];
    let file = cx.sources.file(section.span.file);
    let line = file.line_of(section.span.start);
    let (start, end) = (file.line_start(line.saturating_sub(1)), file.line_start(line));
    let above = file.text().get(start as usize..end as usize).unwrap_or_default().trim();
    let in_paragraph = match section.kind {
        SectionKind::Member(_) | SectionKind::Feature(_) => {
            matches!(before.kind, SectionKind::Body | SectionKind::Plain) && !before.text.is_empty()
        }
        _ => !above.ends_with(':'),
    };
    cx.language != Language::Any || above == "#" || above.starts_with("##") || !in_paragraph
}

fn check_features(cx: &mut Context<'_>, draft: &Draft<'_>, doc: &Doc) {
    let stated: Vec<_> = features::all(draft).collect();
    let known: HashSet<&str> = stated.iter().map(|feature| feature.name.as_str()).collect();
    let mut documented = HashSet::new();
    for (name, _) in doc.features() {
        documented.insert(name.text.as_str());
        if !known.contains(name.text.as_str()) {
            let what = format!("feature '{}'", name.text);
            let near = cx.nearest(&name.text, stated.iter().map(|feature| feature.name.as_str()));
            unknown(cx, draft, doc, Code::DocUnknownFeature, name.span, &what, near);
        }
    }
    for feature in stated {
        if documented.insert(&feature.name) {
            let message =
                format!("feature '{}' of {} lacks documentation", feature.name, draft.site.describe());
            let diagnostic =
                cx.fault(&draft.site, Code::DocMissingFeature, feature.span, message, "not documented");
            let label = format!("expected '@{}:' below a line 'Features:'", feature.name);
            cx.found.push(diagnostic.label(doc.mark, label));
        }
    }
}

/// The place where QEMU reports documentation that does not fit its definition.
fn at_comment(cx: &Context<'_>, doc: &Doc, diagnostic: Diagnostic) -> Diagnostic {
    if cx.language.has(Rule::FaultsAtComment) { diagnostic.qemu_at(doc.mark) } else { diagnostic }
}

fn unknown(
    cx: &mut Context<'_>,
    draft: &Draft<'_>,
    doc: &Doc,
    code: Code,
    at: Span,
    what: &str,
    near: Option<&str>,
) {
    let message = format!("documented {what} does not exist");
    let label = format!("the {} has no such thing", draft.site.kind.key());
    let diagnostic =
        Diagnostic::error(code, at, message).label(at, "described here").label(draft.site.name.span, label);
    let diagnostic = match near {
        Some(near) => diagnostic.help(format!("did you mean '{near}'?")),
        None => diagnostic,
    };
    cx.found.push(at_comment(cx, doc, diagnostic));
}

/// The names that need a description: own members, values, alternatives. Members of a base, of a branch or of arguments
/// of a named type are described where they are defined.
pub(super) fn described<'d>(draft: &'d Draft<'_>) -> Vec<(&'d str, Span)> {
    match &draft.body {
        Body::Enum { values, .. } => values.iter().map(|value| (value.name.as_str(), value.span)).collect(),
        Body::Alternate { alternatives } => alternatives
            .iter()
            .map(|alternative| (alternative.name.text.as_str(), alternative.name.span))
            .collect(),
        Body::Struct { .. } | Body::Union { .. } | Body::Command { .. } | Body::Event { .. } => {
            draft.own_members().iter().map(|member| (member.name, member.span)).collect()
        }
    }
}
