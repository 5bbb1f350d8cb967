//! Writes documentation: what the sources say about the parts that the definition has, and notes.

use super::definition::{Body, Definition};
use crate::schema::{self, DefId, DefinitionKind, Doc, DocSectionKind, Schema};
use std::collections::{BTreeSet, HashSet};
use std::iter::{self, successors};

/// The comment for a definition, and whether it describes all members. A definition without any documentation has no
/// comment.
pub(super) fn write(definition: &Definition<'_>) -> (String, bool) {
    let docs = &definition.docs;
    if docs.sources.is_empty() && docs.note.is_none() && docs.part_notes.is_empty() {
        return (String::new(), true);
    }
    let returns = matches!(&definition.body, Body::Command(command) if command.returns.is_some());
    let mut members: HashSet<&str> = definition.parts().into_iter().collect();
    let mut features: BTreeSet<&str> = definition.all_features().collect();
    let mut overview = vec!["##".to_owned(), format!("# @{}:", definition.name)];
    let (mut described, mut marked, mut behind) = (Vec::new(), Vec::new(), Vec::new());
    let (own, others) = docs.sources.split_at(docs.sources.len().min(1));
    let inherited = others.iter().flat_map(|doc| &doc.sections).filter(|section| is_part(&section.kind));
    for section in own.iter().flat_map(|doc| &doc.sections).chain(inherited) {
        let text = &*section.modern_text();
        match &section.kind {
            DocSectionKind::Plain | DocSectionKind::Legacy(_) if text.trim().is_empty() => {}
            DocSectionKind::Plain | DocSectionKind::Legacy(_) => {
                let out = if described.is_empty() && behind.is_empty() { &mut overview } else { &mut behind };
                put(out, "", text);
            }
            DocSectionKind::Member(member) if !text.is_empty() && members.remove(member.as_str()) => {
                put(&mut described, &format!("@{member}:"), text);
                if let Some(note) = docs.part_notes.get(member) {
                    described.extend(["#".to_owned(), format!("#     {note}")]);
                }
            }
            DocSectionKind::Feature(feature) if !text.is_empty() && features.remove(feature.as_str()) => {
                put(&mut marked, &format!("@{feature}:"), text);
            }
            DocSectionKind::Returns if returns => put(&mut behind, "Returns:", text),
            DocSectionKind::Errors => put(&mut behind, "Errors:", &format!("\n{text}")),
            DocSectionKind::Since => put(&mut behind, "Since:", text),
            // Descriptions of parts that the definition lacks, and `TODO:` sections, which concern the authors of that
            // schema.
            DocSectionKind::Member(_)
            | DocSectionKind::Feature(_)
            | DocSectionKind::Returns
            | DocSectionKind::Todo => {}
        }
    }
    if let Some(note) = &docs.note {
        put(&mut overview, "", note);
    }
    for (part, note) in &docs.part_notes {
        if members.remove(part.as_str()) {
            put(&mut described, &format!("@{part}:"), note);
        }
    }
    // QEMU's compiler demands a description of every feature; no pragma makes an exception.
    for feature in features {
        put(&mut marked, &format!("@{feature}:"), "not described");
    }
    if !marked.is_empty() {
        described.extend(["#".to_owned(), "# Features:".to_owned()]);
    }
    let lines = [overview, described, marked, behind, vec!["##\n".to_owned()]].concat();
    (lines.join("\n"), members.is_empty())
}

/// The documentation of a definition and of all its bases, whose members come first; empty if the definition itself has
/// none.
pub(crate) fn documentation<'a>(schema: &'a Schema, definition: &'a schema::Definition) -> Vec<&'a Doc> {
    let Some(own) = &definition.doc else { return Vec::new() };
    let bases = successors(base_of(definition), |&id| base_of(schema.definition(id)));
    iter::once(own).chain(bases.filter_map(|id| schema.definition(id).doc.as_ref())).collect()
}

fn base_of(definition: &schema::Definition) -> Option<DefId> {
    match &definition.kind {
        DefinitionKind::Struct(found) => found.base,
        DefinitionKind::Union(schema::Union { base: schema::Base::Named(id), .. }) => Some(*id),
        _ => None,
    }
}

fn is_part(kind: &DocSectionKind) -> bool {
    matches!(kind, DocSectionKind::Member(_) | DocSectionKind::Feature(_))
}

/// Adds a section. Lines below the head are indented; a first line beside the head is not.
fn put(out: &mut Vec<String>, head: &str, text: &str) {
    out.push("#".to_owned());
    let mut line = |indent: &str, text: &str| out.push(format!("# {indent}{text}").trim_end().to_owned());
    let text = text.trim_end();
    if head.is_empty() {
        return text.lines().for_each(|text| line("", text));
    }
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if first.starts_with(' ') || is_hanging(rest) && !first.is_empty() {
        // The text begins below its head, and its first line sets the indentation.
        line("", head);
        let rest = if first.starts_with(' ') {
            text
        } else {
            line("    ", first);
            rest
        };
        dedented(rest).for_each(|text| line("    ", text));
    } else {
        line("", &format!("{head} {first}"));
        dedented(rest).for_each(|text| line("    ", text));
    }
}

/// The indentations of lines that are not empty.
fn indents(text: &str) -> impl Iterator<Item = usize> {
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len())
}

/// The lines without the indentation that they share.
fn dedented(text: &str) -> impl Iterator<Item = &str> {
    let least = indents(text).min().unwrap_or(0);
    text.lines().map(move |line| line.get(least..).unwrap_or_default())
}

/// Whether a later line is indented less than the first. The language takes the first line's indentation for the
/// text's.
fn is_hanging(text: &str) -> bool {
    indents(text).next() > indents(text).min()
}
