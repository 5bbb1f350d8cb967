//! The lines of a documentation comment, classified by the grammar but not yet put into sections.

use crate::source::Span;
use crate::syntax::grammar::{Grammar, Rule};
use pest::Parser;

/// One line, without its `# `.
pub(super) struct Line<'a> {
    /// The line with its `#`.
    pub(super) comment: Span,
    /// The text, without blanks at its end.
    pub(super) text: &'a str,
    /// The place of the text.
    pub(super) span: Span,
    pub(super) kind: LineKind<'a>,
}

/// The section that a line could begin.
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
    /// The place of the name, without `@` and `:`.
    pub(super) span: Span,
    /// The text after it.
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

    /// The indentation of the text, in characters.
    pub(super) fn indent(&self) -> usize {
        self.text.chars().take_while(|character| character.is_whitespace()).count()
    }

    /// The name in `@name:`, if the line has nothing else.
    pub(super) fn symbol(&self) -> Option<Tagged<'a>> {
        let name = self.text.strip_prefix('@')?.strip_suffix(':')?;
        Some(Tagged { name, span: place(self.span, 1, name), text: "" })
    }
}

fn classify(text: &str, span: Span) -> LineKind<'_> {
    match text.as_bytes().first() {
        None => LineKind::Blank,
        Some(b'=') => LineKind::Heading,
        Some(b'@') => match text[1..].split_once(':') {
            Some((name, text)) => LineKind::Description(Tagged {
                name,
                span: place(span, 1, name),
                text: text.trim_start_matches(' '),
            }),
            None => LineKind::Text,
        },
        // All tags begin with a capital and end with a colon, so most lines need no run of the grammar.
        Some(first) if first.is_ascii_uppercase() && text.contains(':') => tagged(text, span),
        Some(_) => LineKind::Text,
    }
}

fn tagged(text: &str, span: Span) -> LineKind<'_> {
    let Some(pair) = Grammar::parse(Rule::tagged, text).ok().and_then(|mut pairs| pairs.next()) else {
        return LineKind::Text;
    };
    match pair.as_rule() {
        Rule::features => LineKind::Features,
        Rule::section => {
            let mut parts = pair.into_inner();
            match (parts.next(), parts.next()) {
                (Some(name), Some(text)) => LineKind::Section(Tagged {
                    name: name.as_str(),
                    span: place(span, 0, name.as_str()),
                    text: text.as_str(),
                }),
                _ => unreachable!("the rule `section` consists of a tag and a text"),
            }
        }
        other => unreachable!("the rule `tagged` yields no {other:?}"),
    }
}

/// The place of a part of a line that begins at byte `start` of the line.
fn place(line: Span, start: u32, part: &str) -> Span {
    Span::new(line.file, line.start + start, line.start + start + part.len() as u32)
}

/// `@name:` at the start of a line of text.
pub(super) fn stray_name(text: &str) -> Option<&str> {
    let word = text.split(char::is_whitespace).next().filter(|word| word.starts_with('@'))?;
    let end = word.rfind(':').filter(|end| *end > 1)?;
    Some(&text[..=end])
}
