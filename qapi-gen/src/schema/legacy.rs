//! The notes and examples of older schemas, as today's language writes them.

use super::model::{DocSection, DocSectionKind};
use std::borrow::Cow;

impl DocSection {
    /// The text in the form of today's language: notes and examples become an rST directive or a literal block.
    pub fn modern_text(&self) -> Cow<'_, str> {
        let DocSectionKind::Legacy(tag) = self.kind else { return Cow::Borrowed(&self.text) };
        let head = if tag.starts_with("Example") { format!("{tag}::") } else { ".. note::".to_owned() };
        let indented = (self.text.lines())
            .map(|line| if line.is_empty() { String::new() } else { format!("   {line}") });
        let body = indented.collect::<Vec<_>>().join("\n");
        Cow::Owned(format!("{head}\n\n{body}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    #[test]
    fn older_sections_become_directives() {
        let section = |tag, text: &str| DocSection {
            kind: DocSectionKind::Legacy(tag),
            span: Span { file: FileId::ROOT, start: 0, end: 0 },
            text: text.to_owned(),
        };
        assert_eq!(section("Note", "one\n\n  two").modern_text(), ".. note::\n\n   one\n\n     two");
        assert_eq!(section("Examples", "-> {}").modern_text(), "Examples::\n\n   -> {}");
    }
}
