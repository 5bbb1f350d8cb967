//! Keeps the line breaks of an expression.
//!
//! Line breaks, and spaces inside brackets, are a matter of taste within some rules: a definition begins with its kind,
//! lines are not too long, and continuation lines are indented. Spaces within a line are corrected if needed.

use super::WIDTH;
use super::lex::{Kind, Token};

/// The text of an expression with its own line breaks; `None` if they break the rules.
pub(super) fn keep(tokens: &[Token<'_>], written: &str) -> Option<String> {
    let (first, second) = (tokens.first()?, tokens.get(1)?);
    let odd = |c: char| c.is_whitespace() && !matches!(c, ' ' | '\n' | '\r');
    if first.column != 0 || second.line != first.line || written.contains(odd) {
        return None;
    }
    let mut out = first.text.to_owned();
    let is_tight = gap(first, second) == Some(0);
    // The indentation of the lines with the open brackets, and of the current line.
    let (mut open, mut indent) = (Vec::new(), 0);
    for (index, pair) in tokens.windows(2).enumerate() {
        let (before, token) = (&pair[0], &pair[1]);
        let gap = gap(before, token);
        match before.kind {
            Kind::Open(_) => open.push(indent),
            Kind::Close(_) => drop(open.pop()),
            Kind::Colon | Kind::Comma | Kind::Atom | Kind::Comment => {}
        }
        match gap {
            None if !may_begin_line(token, open.last().copied().unwrap_or_default()) => return None,
            None => {
                indent = token.column;
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', token.column));
            }
            Some(gap) => {
                let spaces = match (before.kind, token.kind) {
                    (_, Kind::Comma | Kind::Colon) => 0,
                    _ if index == 0 || (is_tight && index + 2 == tokens.len()) => 1,
                    (Kind::Open(_), _) | (_, Kind::Close(_)) => gap.min(1),
                    // More than one space aligns values.
                    _ => gap.max(1),
                };
                out.extend(std::iter::repeat_n(' ', spaces));
            }
        }
        out.push_str(token.text);
    }
    let lines: Option<Vec<String>> = out.lines().map(|line| break_line(line.to_owned())).collect();
    Some(lines?.join("\n"))
}

/// A line that is too long, broken after commas; `None` if no good break exists.
fn break_line(line: String) -> Option<String> {
    if line.chars().count() <= WIDTH {
        return Some(line);
    }
    let indent = line.len() - line.trim_start().len();
    let within = line.char_indices().nth(WIDTH).map_or(line.len(), |(end, _)| end);
    let is_outside = |at: &usize| line[..*at].matches('\'').count().is_multiple_of(2);
    let comma = line[..within].rmatch_indices(", ").map(|(at, _)| at).find(is_outside);
    let comma = comma.filter(|_| indent > 0 && !line.contains(['#', '\\']))?;
    let column = " ".repeat(innermost(&line[..comma]).unwrap_or(indent));
    let rest = break_line(format!("{column}{}", line[comma + 1..].trim_start()))?;
    Some(format!("{}\n{rest}", &line[..=comma]))
}

/// The column after the innermost bracket that is still open at the end of this part of a line.
fn innermost(beginning: &str) -> Option<usize> {
    let mut open = Vec::new();
    for (at, character) in beginning.char_indices() {
        match character {
            '{' | '[' => open.push(at + 1),
            '}' | ']' => drop(open.pop()),
            _ => {}
        }
    }
    let behind = open.pop()?;
    let blanks = beginning[behind..].len() - beginning[behind..].trim_start().len();
    Some(beginning[..behind + blanks].chars().count())
}

/// The blanks between two tokens of one line.
fn gap(before: &Token<'_>, token: &Token<'_>) -> Option<usize> {
    (before.line == token.line).then(|| token.start - before.start - before.text.len())
}

/// Whether the token may begin a line within a bracket whose own line is indented by `outer`.
fn may_begin_line(token: &Token<'_>, outer: usize) -> bool {
    match token.kind {
        Kind::Comma | Kind::Colon => false,
        Kind::Close(_) | Kind::Comment => true,
        Kind::Open(_) | Kind::Atom => token.column >= 2 && token.column > outer,
    }
}
