//! Documentation in the checked schema.

use super::draft::Draft;
use super::{Doc, DocSection, DocSectionKind, documentation};
use crate::syntax::doc::{self, SectionKind};
use std::collections::HashSet;

/// The documentation of a definition. Members that the schema excuses from a description get an empty one.
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
    let kind = match &section.kind {
        SectionKind::Body | SectionKind::Plain => DocSectionKind::Plain,
        SectionKind::Member(name) => DocSectionKind::Member(name.text.clone()),
        SectionKind::Feature(name) => DocSectionKind::Feature(name.text.clone()),
        SectionKind::Returns => DocSectionKind::Returns,
        SectionKind::Errors => DocSectionKind::Errors,
        SectionKind::Since => DocSectionKind::Since,
        SectionKind::Todo => DocSectionKind::Todo,
        SectionKind::Legacy(tag) => DocSectionKind::Legacy(tag),
    };
    DocSection { kind, span: section.span, text: section.text.clone() }
}
