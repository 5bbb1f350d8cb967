//! The lines of a documentation comment: each told apart by the grammar, none yet put into a section.

use crate::source::Span;
use crate::syntax::grammar::{Grammar, Rule};
use pest::Parser;
use pest::iterators::Pair;

/// One line, without its `# `.
pub(super) struct Line<'a> {
    /// The line with its `#`.
    pub(super) comment: Span,
    /// The text, without blanks at its end.
    pub(super) text: &'a str,
    /// Where the text stands.
    pub(super) span: Span,
    pub(super) kind: LineKind<'a>,
}

/// What a line could begin.
#[derive(Clone, Copy)]
pub(super) enum LineKind<'a> {
    Blank,
    /// `Features:`
    Features,
    /// `@name: text`
    Description(Tagged<'a>),
    /// `Since: text` and the like
    Section(Tagged<'a>),
    /// `= text`
    Heading,
    Text,
}

/// A line that begins with a name or a tag.
#[derive(Clone, Copy)]
pub(super) struct Tagged<'a> {
    pub(super) name: &'a str,
    /// Where the name stands, without `@` and `:`.
    pub(super) span: Span,
    /// What follows it.
    pub(super) text: &'a str,
}

impl<'a> Line<'a> {
    /// Reads the text of a line; `span` is its place.
    pub(super) fn new(comment: Span, text: &'a str, span: Span) -> Self {
        Line { comment, text, span, kind: classify(text, span) }
    }

    pub(super) fn is_blank(&self) -> bool {
        matches!(self.kind, LineKind::Blank)
    }

    /// By how much the text is indented, in characters.
    pub(super) fn indent(&self) -> usize {
        self.text.chars().take_while(|character| character.is_whitespace()).count()
    }

    /// The name in `@name:`, when the line is that and nothing else.
    pub(super) fn symbol(&self) -> Option<Tagged<'a>> {
        let pair = Grammar::parse(Rule::symbol_line, self.text).ok()?.next()?;
        Some(Tagged { name: pair.as_str(), span: place(self.span, &pair), text: "" })
    }
}

fn classify(text: &str, span: Span) -> LineKind<'_> {
    match text.as_bytes().first() {
        None => return LineKind::Blank,
        // Names and headings have their signs, all tags begin with a capital: most lines need no look at the grammar.
        Some(first) if *first != b'@' && *first != b'=' && !first.is_ascii_uppercase() => {
            return LineKind::Text;
        }
        Some(_) => {}
    }
    let pair = Grammar::parse(Rule::doc_line, text)
        .ok()
        .and_then(|mut pairs| pairs.next())
        .unwrap_or_else(|| unreachable!("the grammar takes every line as text at least"));
    match pair.as_rule() {
        Rule::features => LineKind::Features,
        Rule::description => LineKind::Description(tagged(pair, span)),
        Rule::section => LineKind::Section(tagged(pair, span)),
        Rule::heading => LineKind::Heading,
        Rule::text => LineKind::Text,
        other => unreachable!("the rule `doc_line` yields no {other:?}"),
    }
}

fn tagged<'a>(pair: Pair<'a, Rule>, span: Span) -> Tagged<'a> {
    let mut parts = pair.into_inner();
    match (parts.next(), parts.next()) {
        (Some(name), Some(text)) => {
            Tagged { name: name.as_str(), span: place(span, &name), text: text.as_str() }
        }
        _ => unreachable!("the rules `description` and `section` consist of a name and a text"),
    }
}

/// The place of a part of a line.
fn place(line: Span, part: &Pair<'_, Rule>) -> Span {
    let range = part.as_span();
    Span::new(line.file, line.start + range.start() as u32, line.start + range.end() as u32)
}
