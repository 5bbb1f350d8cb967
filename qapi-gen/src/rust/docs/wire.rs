//! Names and facts of the protocol that the Rust names do not show.

use super::{blocks, links::Links, paragraph, sections};
use crate::rust::context::Context;
use crate::schema::{Command, DefId, Definition, DefinitionKind, DocSectionKind};

/// A paragraph with the name, the version, the flags and the features of a command or event. For a type, whose name is
/// never sent, only the version and the features. The name is left out if it `is_named` already.
pub(super) fn summary(definition: &Definition, is_named: bool, links: &Links) -> String {
    let since = sections(definition).find(|section| section.kind == DocSectionKind::Since);
    let since = since.map(|section| blocks::convert_tagged(&section.text, links));
    let (kind, flags) = match &definition.kind {
        DefinitionKind::Command(command) => ("Command", flags(command)),
        DefinitionKind::Event(_) => ("Event", Vec::new()),
        _ => ("", Vec::new()),
    };
    let kind = if is_named { "" } else { kind };
    let mut parts = Vec::new();
    match (kind, since) {
        ("", None) => {}
        ("", Some(since)) => parts.push(format!("Since {since}.")),
        (kind, None) => parts.push(format!("{kind} `{}`.", definition.name)),
        (kind, Some(since)) => parts.push(format!("{kind} `{}`, since {since}.", definition.name)),
    }
    if !flags.is_empty() {
        parts.push(format!("Flags: {}.", flags.join(", ")));
    }
    if !definition.features.is_empty() {
        let names: Vec<String> =
            definition.features.iter().map(|feature| format!("`{}`", feature.name)).collect();
        parts.push(format!("Features: {}.", names.join(", ")));
    }
    parts.join(" ")
}

/// Puts the summary after the first paragraph, so that readers see it before long examples.
pub(super) fn insert(text: &mut String, summary: &str) {
    match text.split_once("\n\n") {
        // Markup may continue in the next paragraph.
        Some((first, _)) if !summary.is_empty() && is_prose(first) && !first.contains("```") => {
            text.insert_str(first.len(), &format!("\n\n{summary}"));
        }
        _ => paragraph(text, summary),
    }
}

/// Whether the paragraph begins with text, not with a list, a quotation or a code block.
fn is_prose(text: &str) -> bool {
    let is_text = text.starts_with(|first: char| first.is_alphanumeric() || "[*(\"'\\".contains(first))
        || text.starts_with('`') && !text.starts_with("```");
    let is_numbered = text.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
    is_text && !is_numbered && !text.starts_with("* ")
}

/// The facts about the execution of a command that a client has to know.
fn flags(command: &Command) -> Vec<&'static str> {
    let flags = [
        (command.allow_oob, "out-of-band"),
        (command.allow_preconfig, "preconfig"),
        (!command.success_response, "no answer on success"),
    ];
    flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag).collect()
}

/// The name of a member or value of `holder` in the protocol, if Rust's differs. The protocol has no names of
/// alternatives.
pub(super) fn name(cx: &Context, holder: DefId, name: &str) -> Option<String> {
    let rust = match cx.definition(holder).kind {
        DefinitionKind::Alternate(_) => return None,
        DefinitionKind::Enum(_) => cx.variant(holder, name),
        _ => cx.field(holder, name),
    };
    (rust.to_string().trim_start_matches("r#") != name).then(|| name.to_owned())
}

/// The text about the item with this name, beginning with the name.
pub(super) fn named(name: &str, text: &str) -> String {
    let gap = if is_prose(text) { " " } else { "\n\n" };
    format!("`{name}`:{gap}{text}")
}

#[cfg(test)]
mod tests {
    use super::{insert, named};

    #[test]
    fn a_name_stands_before_text_and_above_a_block() {
        assert_eq!(named("a-b", "one"), "`a-b`: one");
        assert_eq!(named("a-b", "`c` and *d*"), "`a-b`: `c` and *d*");
        for block in ["- one", "1. one", "* one", "> one", "```text\none\n```"] {
            assert_eq!(named("a-b", block), format!("`a-b`:\n\n{block}"));
        }
    }

    #[test]
    fn the_summary_stands_behind_the_first_paragraph() {
        let inserted = |text: &str| {
            let mut text = text.to_owned();
            insert(&mut text, "Since 1.");
            text
        };
        assert_eq!(inserted("one"), "one\n\nSince 1.");
        assert_eq!(inserted("one\n\ntwo"), "one\n\nSince 1.\n\ntwo");
        for whole in ["- one\n\n  two", "> one\n\n> two", "```text\none\n\ntwo\n```"] {
            assert_eq!(inserted(whole), format!("{whole}\n\nSince 1."));
        }
        let mut text = "one\n\ntwo".to_owned();
        insert(&mut text, "");
        assert_eq!(text, "one\n\ntwo");
    }
}
