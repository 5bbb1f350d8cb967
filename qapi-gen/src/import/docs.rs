//! Documentation from the given schemas, for the parts that the answer has.

use crate::compat::{Feature, Object};
use crate::schema::{Doc, DocSectionKind};
use std::collections::{BTreeSet, HashSet};

/// The parts of a definition that documentation can describe.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Members, values or alternatives.
    pub(super) members: Vec<String>,
    pub(super) features: Vec<String>,
    /// Whether a command returns something.
    pub(super) returns: bool,
}

impl Parts {
    /// The members of an object, and the features of the definition that it belongs to.
    pub(super) fn of_object(object: Option<&Object>, features: &[Feature]) -> Parts {
        let object = object.into_iter();
        let mut all: Vec<String> = features.iter().map(|feature| feature.name.clone()).collect();
        let mut members = Vec::new();
        for member in object.flat_map(|object| &object.members) {
            members.push(member.name.clone());
            all.extend(member.features.iter().map(|feature| feature.name.clone()));
        }
        Parts { members, features: all, returns: false }
    }
}

/// The comment for a definition, and whether it documents all members. `docs` are its own documentation and that of its
/// bases, whose members the answer lists as the definition's own. Without `docs` there is no comment.
pub(super) fn write(name: &str, docs: &[&Doc], parts: &Parts) -> (String, bool) {
    let Some((own, bases)) = docs.split_first() else { return (String::new(), true) };
    let mut members: HashSet<&str> = parts.members.iter().map(String::as_str).collect();
    let mut features: BTreeSet<&str> = parts.features.iter().map(String::as_str).collect();
    let mut overview = vec!["##".to_owned(), format!("# @{name}:")];
    let (mut described, mut marked, mut behind) = (Vec::new(), Vec::new(), Vec::new());
    let inherited = bases.iter().flat_map(|base| &base.sections).filter(|section| is_part(&section.kind));
    for section in own.sections.iter().chain(inherited) {
        let text = &*section.modern_text();
        match &section.kind {
            DocSectionKind::Plain | DocSectionKind::Legacy(_) if text.trim().is_empty() => {}
            DocSectionKind::Plain | DocSectionKind::Legacy(_) => {
                let out = if described.is_empty() && behind.is_empty() { &mut overview } else { &mut behind };
                put(out, "", text);
            }
            DocSectionKind::Member(member) if !text.is_empty() && members.remove(member.as_str()) => {
                put(&mut described, &format!("@{member}:"), text);
            }
            DocSectionKind::Feature(feature) if !text.is_empty() && features.remove(feature.as_str()) => {
                put(&mut marked, &format!("@{feature}:"), text);
            }
            DocSectionKind::Returns if parts.returns => put(&mut behind, "Returns:", text),
            DocSectionKind::Errors => put(&mut behind, "Errors:", &format!("\n{text}")),
            DocSectionKind::Since => put(&mut behind, "Since:", text),
            // Descriptions of parts that the answer lacks, and `TODO:` sections, which concern the authors of that
            // schema.
            DocSectionKind::Member(_)
            | DocSectionKind::Feature(_)
            | DocSectionKind::Returns
            | DocSectionKind::Todo => {}
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
