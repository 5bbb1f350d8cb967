//! Documentation comments.

use crate::source::Span;

mod check;
mod lines;
mod older;
mod parse;
mod sections;
pub(crate) mod style;

pub(super) use parse::parse_doc;

/// A documentation comment.
#[derive(Clone, Debug)]
pub struct Doc {
    /// From the first `#` to the last.
    pub span: Span,
    /// The first line, `##`, where QEMU reports errors in the comment as a whole.
    pub mark: Span,
    /// The name in the first line, `@NAME:`; `None` for free-form documentation.
    pub symbol: Option<Name>,
    /// All sections as ordered in the comment. The first is always [`SectionKind::Body`]; its text may be empty.
    pub sections: Vec<Section>,
}

/// A name in documentation, as written.
#[derive(Clone, Debug)]
pub struct Name {
    /// The name, without `@` and `:`.
    pub span: Span,
    /// The place of the name, without `@` and `:`.
    pub text: String,
}

/// A part of a documentation comment.
#[derive(Clone, Debug)]
pub struct Section {
    /// The first line of the section, without `# `.
    pub span: Span,
    /// The subject of the section.
    pub kind: SectionKind,
    /// The text after the tag: lines joined by newlines, with their indentation, without empty lines at the ends.
    pub text: String,
}

/// The subject of a section.
#[derive(Clone, Debug)]
pub enum SectionKind {
    /// The text before everything else.
    Body,
    /// Text without a tag, after another section.
    Plain,
    /// `@name: text`
    Member(Name),
    /// `@name: text` below `Features:`
    Feature(Name),
    /// `Returns: text`
    Returns,
    /// `Errors: text`
    Errors,
    /// `Since: text`
    Since,
    /// `TODO: text`; for developers only.
    Todo,
    /// `Note:`, `Notes:`, `Example:` or `Examples:` of older schemas; the tag as written, without the colon.
    Legacy(&'static str),
}

impl SectionKind {
    /// The kind of section for a tag of the grammar.
    fn of_tag(tag: &str) -> Self {
        match tag {
            "Returns" => SectionKind::Returns,
            "Errors" => SectionKind::Errors,
            "Since" => SectionKind::Since,
            "TODO" => SectionKind::Todo,
            "Note" => SectionKind::Legacy("Note"),
            "Notes" => SectionKind::Legacy("Notes"),
            "Example" => SectionKind::Legacy("Example"),
            "Examples" => SectionKind::Legacy("Examples"),
            other => unreachable!("the grammar knows no tag {other}"),
        }
    }

    /// The tag, if the section has one.
    pub fn tag(&self) -> Option<&'static str> {
        match self {
            SectionKind::Body | SectionKind::Plain | SectionKind::Member(_) | SectionKind::Feature(_) => None,
            SectionKind::Returns => Some("Returns"),
            SectionKind::Errors => Some("Errors"),
            SectionKind::Since => Some("Since"),
            SectionKind::Todo => Some("TODO"),
            SectionKind::Legacy(tag) => Some(tag),
        }
    }
}

impl Doc {
    /// The text before everything else.
    pub fn body(&self) -> &Section {
        &self.sections[0]
    }

    /// The descriptions of members, in order.
    pub fn members(&self) -> impl Iterator<Item = (&Name, &Section)> {
        self.sections.iter().filter_map(|section| match &section.kind {
            SectionKind::Member(name) => Some((name, section)),
            _ => None,
        })
    }

    /// The descriptions of features, in order.
    pub fn features(&self) -> impl Iterator<Item = (&Name, &Section)> {
        self.sections.iter().filter_map(|section| match &section.kind {
            SectionKind::Feature(name) => Some((name, section)),
            _ => None,
        })
    }

    /// All other sections, in order: neither the body nor descriptions of members or features.
    pub fn tagged(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| {
            !matches!(section.kind, SectionKind::Body | SectionKind::Member(_) | SectionKind::Feature(_))
        })
    }
}
