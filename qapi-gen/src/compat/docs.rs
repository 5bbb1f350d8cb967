//! What documentation tells of a schema's members that their types do not: defaults, units, and since when they are there.

use crate::schema::{Arguments, Base, Definition, DefinitionKind, DocSection, DocSectionKind, Schema};
use crate::source::Span;
use std::collections::{HashMap, HashSet};

/// The facts in a schema's documentation, by the place of what they are about.
#[derive(Clone, Debug, Default)]
pub struct Docs {
    said: HashMap<Span, Said>,
    definitions: HashSet<String>,
}

/// What the documentation says of a command, event, member or value.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// The value that counts when the member is absent.
    pub(super) default: Option<String>,
    /// The unit of its values.
    pub(super) unit: Option<String>,
    /// Whether it has a version.
    dated: bool,
    /// The definition that lists it, and whether that has a version.
    definition: (String, bool),
}

impl Docs {
    /// The facts that the documentation of `schema` has.
    pub fn of(schema: &Schema) -> Self {
        let mut docs = Docs::default();
        for definition in &schema.definitions {
            docs.definitions.insert(definition.name.clone());
            let sections = definition.doc.as_ref().map_or(&[][..], |doc| &doc.sections);
            let dated = sections.iter().any(|section| section.kind == DocSectionKind::Since);
            let owner = (definition.name.clone(), dated);
            docs.said.insert(definition.span, Said { dated, definition: owner.clone(), ..Said::default() });
            for (name, span) in parts(definition) {
                docs.said.insert(span, said(name, sections, owner.clone()));
            }
        }
        docs
    }

    /// What is said of the thing at a place.
    pub(super) fn said(&self, place: Option<Span>) -> Option<&Said> {
        self.said.get(&place?)
    }

    /// Whether the documentation says since when something is there that `old` does not have.
    pub(super) fn is_dated(&self, place: Option<Span>, old: &Docs) -> bool {
        let Some(said) = self.said(place) else { return true };
        let (definition, dated) = &said.definition;
        said.dated || *dated && !old.definitions.contains(definition)
    }
}

/// The members and values that a definition lists itself.
fn parts(definition: &Definition) -> Vec<(&str, Span)> {
    let members = match &definition.kind {
        DefinitionKind::Enum(found) => {
            return found.values.iter().map(|value| (value.name.as_str(), value.span)).collect();
        }
        DefinitionKind::Struct(found) => &found.members[..],
        DefinitionKind::Union(found) => match &found.base {
            Base::Inline(members) => &members[..],
            Base::Named(_) => &[],
        },
        DefinitionKind::Command(command) => inline(&command.arguments),
        DefinitionKind::Event(event) => inline(&event.data),
        DefinitionKind::Alternate(_) => &[],
    };
    members.iter().map(|member| (member.name.as_str(), member.span)).collect()
}

fn inline(arguments: &Arguments) -> &[crate::schema::Member] {
    match arguments {
        Arguments::Inline(members) => members,
        Arguments::None | Arguments::Named(_) | Arguments::Boxed(_) => &[],
    }
}

fn said(name: &str, sections: &[DocSection], definition: (String, bool)) -> Said {
    let described = |section: &&DocSection| matches!(&section.kind, DocSectionKind::Member(of) if of == name);
    let Some(section) = sections.iter().find(described) else {
        return Said { definition, ..Said::default() };
    };
    let words: Vec<&str> = section.text.split_whitespace().collect();
    let text = words.join(" ");
    Said {
        default: default(&text),
        unit: unit(&words),
        dated: text.to_ascii_lowercase().contains("since"),
        definition,
    }
}

/// The ways in which documentation introduces a default, longer ones first.
const INTRODUCTIONS: [&str; 6] =
    ["default value is ", "default is ", "defaults to ", "default: ", "default to ", "default "];

/// The default that a description names: the text after the introduction, to the end of the phrase.
fn default(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let (start, introduction) = INTRODUCTIONS
        .iter()
        .filter_map(|words| Some((lower.find(words)?, words)))
        .min_by_key(|(at, _)| *at)?;
    let rest = &text[start + introduction.len()..];
    let value = rest.split([',', ';', ')', '(']).next()?;
    // A full stop inside a number or a name does not end the phrase.
    let value = value.split(". ").next()?.trim().trim_end_matches('.');
    // Quotes are markup.
    let value = value.replace(['\'', '"', '`'], "");
    let value = value.trim_start_matches("the ");
    (!value.is_empty()).then(|| value.to_owned())
}

const UNITS: [&str; 20] = [
    "bytes",
    "kib",
    "kibibytes",
    "kilobytes",
    "mib",
    "mebibytes",
    "megabytes",
    "gib",
    "sectors",
    "pages",
    "bits",
    "ns",
    "nanoseconds",
    "microseconds",
    "ms",
    "milliseconds",
    "seconds",
    "minutes",
    "percent",
    "pixels",
];

/// The unit that a description names, as in `in milliseconds` or `(in bytes)`.
fn unit(words: &[&str]) -> Option<String> {
    words.windows(2).find_map(|pair| {
        let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
        let unit = bare(pair[1]);
        (bare(pair[0]) == "in" && UNITS.contains(&unit.as_str())).then_some(unit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_found_in_every_form() {
        for (text, expected) in [
            ("what to do (default: report) (since: 5.0)", Some("report")),
            ("format, default is 'qcow2'.", Some("qcow2")),
            ("will be updated (default false; since 9.0).", Some("false")),
            ("The default value is 600.", Some("600")),
            ("jobs; defaults to break-guest-write. More.", Some("break-guest-write")),
            ("default 1.5", Some("1.5")),
            ("Disabled (default)", None),
            ("no word of it", None),
        ] {
            assert_eq!(default(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn units_are_words_after_in() {
        for (text, expected) in [
            ("size in bytes, or so", Some("bytes")),
            ("time (in Milliseconds).", Some("milliseconds")),
            ("in the future, seconds", None),
        ] {
            assert_eq!(unit(&text.split_whitespace().collect::<Vec<_>>()).as_deref(), expected, "{text}");
        }
    }
}
