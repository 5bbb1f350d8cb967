//! Rules about the choice of types.

use super::{Finding, Rule, kind_name, own_members};
use crate::schema::{Builtin, Definition, DefinitionKind, DocSectionKind, Type, TypeName, Version};

pub(super) fn check_types(definition: &Definition, newest: Option<&Version>, findings: &mut Vec<Finding>) {
    check_return(definition, newest, findings);
    for member in own_members(definition) {
        if member.ty != Type::Plain(TypeName::Builtin(Builtin::Str)) {
            continue;
        }
        let text = description(definition, &member.name);
        if lists_values(text) {
            let message = format!(
                "'{}' of {} '{}' is any string, but its description lists the values that it may have",
                member.name,
                kind_name(definition),
                definition.name
            );
            findings.push(Finding::new(Rule::StringLikeEnum, member.span, message));
        }
    }
}

fn check_return(definition: &Definition, newest: Option<&Version>, findings: &mut Vec<Finding>) {
    let DefinitionKind::Command(command) = &definition.kind else { return };
    let what = match command.returns {
        Some(Type::Array(_)) => "a list",
        Some(Type::Plain(TypeName::Builtin(_))) => "a plain value",
        // The compiler itself refuses enums and alternates here.
        Some(Type::Plain(TypeName::Defined(_))) | None => return,
    };
    let message = format!("command '{}' returns {what}, not an object", definition.name);
    let is_settled = definition.since().is_some_and(|since| newest.is_some_and(|newest| since < *newest));
    findings.push(Finding { is_settled, ..Finding::new(Rule::BareReturn, definition.span, message) });
}

fn description<'a>(definition: &'a Definition, name: &str) -> &'a str {
    let sections = definition.doc.as_ref().map_or(&[][..], |doc| &doc.sections);
    let found =
        sections.iter().find(|section| matches!(&section.kind, DocSectionKind::Member(it) if it == name));
    found.map_or("", |section| &section.text)
}

/// Phrases that introduce a complete list of quoted words.
const CHOICES: [&str; 8] = [
    "one of",
    "either",
    "must be",
    "possible values",
    "valid values",
    "allowed values",
    "can be",
    "accepted values",
];

/// How far after such a phrase the first quoted word may be, as in "one of the following: 'a', 'b'".
const NEAR: usize = 18;

/// Whether a description enumerates values: such a phrase with at least two quoted words after it in the same sentence.
fn lists_values(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    CHOICES.iter().any(|phrase| {
        lower.match_indices(phrase).any(|(index, phrase)| {
            let behind = &lower[index + phrase.len()..];
            let sentence = behind.split_once(". ").map_or(behind, |(sentence, _)| sentence);
            let near = sentence.find(['\'', '"', '`']).is_some_and(|start| start <= NEAR);
            near && quoted_words(sentence) >= 2
        })
    })
}

/// The number of quoted words. An apostrophe inside a word is not a quote.
fn quoted_words(text: &str) -> usize {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.len() < 24
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    ['\'', '"', '`']
        .into_iter()
        .map(|quote| {
            let parts: Vec<&str> = text.split(quote).collect();
            let inner = parts.len().saturating_sub(2);
            (parts.iter().enumerate().skip(1).take(inner))
                .filter(|&(index, part)| {
                    let open = !parts[index - 1].ends_with(|c: char| c.is_ascii_alphanumeric());
                    open && is_word(part)
                })
                .count()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_values_are_seen() {
        assert!(lists_values("the mode, one of 'on', 'off' and 'auto'"));
        assert!(lists_values("either \"tcp\" or \"unix\""));
        assert!(lists_values("must be ``a`` or ``b``"));
        assert!(!lists_values("the device's name, one of the guest's devices"));
        assert!(!lists_values("one of the names in 'devices'"));
        assert!(!lists_values("'a' or 'b', or whatever"));
        assert!(!lists_values("the bitmap; must be present if sync is 'bitmap' or 'incremental'"));
        assert!(lists_values("the type; valid values are: 'a', 'b'"));
    }
}
