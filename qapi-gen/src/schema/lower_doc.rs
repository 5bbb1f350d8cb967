//! Documentation in the checked schema.

use super::draft::Draft;
use super::{Doc, DocSection, DocSectionKind, documentation};
use crate::syntax::doc::{self, SectionKind};
use std::collections::HashSet;

/// The documentation of a definition. What the schema excuses from a description gets an empty one.
pub(super) fn lower(doc: &doc::Doc, draft: &Draft<'_>) -> Doc {
    let mut lowered = free_form(doc);
    let documented: HashSet<&str> = doc.members().map(|(name, _)| name.text.as_str()).collect();
    for (name, span) in documentation::described(draft) {
        if !documented.contains(name) {
            let kind = DocSectionKind::Member(name.to_owned());
            lowered.sections.push(DocSection { kind, span, text: String::new() });
        }
    }
    lowered
}

/// Documentation that belongs to no definition.
pub(super) fn free_form(doc: &doc::Doc) -> Doc {
    Doc { span: doc.span, sections: doc.sections.iter().map(section).collect() }
}

fn section(section: &doc::Section) -> DocSection {
    let text = &section.text;
    let (kind, text) = match &section.kind {
        SectionKind::Body | SectionKind::Plain => (DocSectionKind::Plain, text.clone()),
        SectionKind::Member(name) => (DocSectionKind::Member(name.text.clone()), text.clone()),
        SectionKind::Feature(name) => (DocSectionKind::Feature(name.text.clone()), text.clone()),
        SectionKind::Returns => (DocSectionKind::Returns, text.clone()),
        SectionKind::Errors => (DocSectionKind::Errors, text.clone()),
        SectionKind::Since => (DocSectionKind::Since, text.clone()),
        SectionKind::Todo => (DocSectionKind::Todo, text.clone()),
        SectionKind::Legacy(tag) => (DocSectionKind::Plain, legacy(tag, text)),
    };
    DocSection { kind, span: section.span, text }
}

/// Notes and examples of older schemas, as today's schemas write them: an rST directive, a literal block.
fn legacy(tag: &str, text: &str) -> String {
    let head = if tag.starts_with("Example") { format!("{tag}::") } else { ".. note::".to_owned() };
    let indented =
        text.lines().map(|line| if line.is_empty() { String::new() } else { format!("   {line}") });
    let body = indented.collect::<Vec<_>>().join("\n");
    format!("{head}\n\n{body}")
}

#[cfg(test)]
mod tests {
    use super::legacy;

    #[test]
    fn legacy_sections_become_rst() {
        assert_eq!(legacy("Note", "one\n\n  two"), ".. note::\n\n   one\n\n     two");
        assert_eq!(legacy("Examples", "-> {}"), "Examples::\n\n   -> {}");
    }
}
