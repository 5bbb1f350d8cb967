//! Formats documentation comments, of which only plain paragraphs may be wrapped.
//!
//! Only a paragraph with a line that is too long is wrapped. Everything else stays as its author wrote it, since line
//! breaks are part of the markup.

use super::DOC_WIDTH;
use super::wrap::wrap;

/// Whether the comment documents the definition after it.
pub(super) fn is_of_definition(lines: &[&str]) -> bool {
    lines.get(1).is_some_and(|line| line.starts_with("# @"))
}

/// Lays out a documentation comment, without a newline at its end.
pub(super) fn layout(lines: &[&str]) -> String {
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    let mut literal: Option<usize> = None;
    let mut index = 0;
    while index < lines.len() {
        let end = paragraph_end(lines, index);
        let paragraph = &lines[index..end];
        let indent = indent(paragraph[0]);
        // An indented block continues up to a line that is indented no more than the line that began it.
        if literal.is_some_and(|outer| indent.is_some_and(|indent| indent <= outer)) {
            literal = None;
        }
        match wrapped(paragraph).filter(|_| literal.is_none()) {
            Some(better) => out.extend(better),
            None => out.extend(paragraph.iter().map(|line| (*line).to_owned())),
        }
        if literal.is_none()
            && let Some(indent) = indent
            && begins_block(paragraph)
        {
            literal = Some(indent);
        }
        index = end;
    }
    out.join("\n")
}

/// The line after the paragraph that begins at `start`. Marks and empty lines are paragraphs of their own.
fn paragraph_end(lines: &[&str], start: usize) -> usize {
    let alone = |line: &str| line == "#" || line.starts_with("##");
    if alone(lines[start]) {
        return start + 1;
    }
    let more = lines[start + 1..].iter().take_while(|line| !alone(line) && !begins_paragraph(line)).count();
    start + 1 + more
}

/// `@name:` begins a description even without an empty line before it, and so does a list item.
fn begins_paragraph(line: &str) -> bool {
    let text = content(line).trim_start();
    (line.starts_with("# @") && text.contains(':')) || marker(text) > 0
}

fn content(line: &str) -> &str {
    line.strip_prefix('#').unwrap_or(line)
}

/// The blanks before the text, if there is text.
fn indent(line: &str) -> Option<usize> {
    let text = content(line);
    let trimmed = text.trim_start();
    (!trimmed.is_empty()).then(|| text.len() - trimmed.len())
}

/// Whether the lines indented below are markup: after `::`, a directive or an older example section.
fn begins_block(paragraph: &[&str]) -> bool {
    let text = |line: &str| content(line).trim().to_owned();
    let (first, last) = (text(paragraph[0]), text(paragraph[paragraph.len() - 1]));
    last.ends_with("::") || first.starts_with("..") || first == "Example:" || first == "Examples:"
}

/// The length of a list item's marker, with its blanks.
fn marker(text: &str) -> usize {
    let mark = match text.split_once(' ') {
        Some((mark, _)) => mark,
        None => return 0,
    };
    let numbered = mark.strip_suffix(['.', ')']).is_some_and(|number| {
        number == "#" || (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    });
    if numbered || matches!(mark, "*" | "-" | "+") {
        text.len() - text[mark.len()..].trim_start().len()
    } else {
        0
    }
}

/// The paragraph wrapped, if it is plain text with a line that is too long and can be broken.
fn wrapped(paragraph: &[&str]) -> Option<Vec<String>> {
    if paragraph.iter().all(|line| line.chars().count() <= DOC_WIDTH) {
        return None;
    }
    let texts: Vec<&str> = paragraph.iter().map(|line| content(line).trim()).collect();
    if texts.iter().any(|text| is_special(text)) || begins_block(paragraph) {
        return None;
    }
    let first_indent = indent(paragraph[0])?;
    let hanging = match paragraph.get(1) {
        Some(second) => indent(second)?,
        None => hanging_indent(content(paragraph[0])),
    };
    if paragraph[1..].iter().any(|line| indent(line) != Some(hanging)) {
        return None;
    }
    let tagged = texts[0].starts_with('@') || marker(texts[0]) > 0 || is_tag(texts[0]);
    // Text that is not indented below its tag is a section of its own. Words must not move into it from the tag's.
    if tagged && paragraph.len() > 1 && hanging <= first_indent {
        return None;
    }
    let glued = if tagged { 2 } else { 1 };
    wrap(&texts, first_indent, hanging, glued)
}

/// The indentation that a second line would have in a paragraph of one line.
fn hanging_indent(text: &str) -> usize {
    let trimmed = text.trim_start();
    let indent = text.len() - trimmed.len();
    if indent <= 1 && ((trimmed.starts_with('@') && trimmed.contains(':')) || is_tag(trimmed)) {
        indent + 4
    } else {
        indent + marker(trimmed)
    }
}

/// Whether the text begins with the tag of a section.
fn is_tag(text: &str) -> bool {
    ["Returns:", "Errors:", "Since:", "TODO:", "Note:", "Notes:", "Features:"]
        .iter()
        .any(|tag| text.starts_with(tag))
}

/// Whether a line is markup: a heading, a table, a directive, a line block or an exchange of messages.
fn is_special(text: &str) -> bool {
    ["=", "+-", "|", "..", "->", "<-", ">>>", "$ ", "::", ":"].iter().any(|start| text.starts_with(start))
        || text.ends_with('\\')
        || text.contains("   ")
        || (text.len() > 3 && text.bytes().all(|byte| byte.is_ascii_punctuation()))
}
