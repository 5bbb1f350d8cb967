//! Recognises lines of rST.

pub(super) fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// The number of spaces before the text; a tab counts as one.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// The lines without their common indentation.
pub(super) fn dedent<'t>(lines: &[&'t str]) -> Vec<&'t str> {
    let shared = lines.iter().filter(|line| !is_blank(line)).map(|line| indent(line)).min().unwrap_or(0);
    lines.iter().map(|line| line.get(shared..).unwrap_or_default()).collect()
}

/// The lines without blank ones at the start and the end.
pub(super) fn trimmed(lines: Vec<&str>) -> Vec<&str> {
    let start = lines.iter().position(|line| !is_blank(line)).unwrap_or(lines.len());
    let end = lines.iter().rposition(|line| !is_blank(line)).map_or(start, |last| last + 1);
    lines[start..end].to_vec()
}

/// The number of indented lines, including blank ones, before the next line that is not indented.
pub(super) fn indented(lines: &[&str]) -> usize {
    let end = lines.iter().position(|line| !is_blank(line) && indent(line) == 0).unwrap_or(lines.len());
    lines[..end].iter().rposition(|line| !is_blank(line)).map_or(0, |last| last + 1)
}

/// QAPI's headings: `= Title`, `== Title`.
pub(super) fn heading(line: &str) -> Option<(usize, &str)> {
    let title = line.trim_start_matches('=');
    let level = line.len() - title.len();
    (level > 0 && title.starts_with(' ') && !title.trim().is_empty()).then(|| (level.min(6), title.trim()))
}

/// rST's headings: a line below the title, or lines above and below. Returns the level, the title and the number of
/// lines. The levels are those of QEMU's schemas.
pub(super) fn ruled_heading<'t>(lines: &[&'t str]) -> Option<(usize, &'t str, usize)> {
    let is_below = |title: &str, rule: &str| {
        is_underline(rule) && rule.chars().count() >= title.trim_end().chars().count()
    };
    match lines {
        [above, title, below, ..] if above == below && !is_blank(title) && is_below(title, below) => {
            Some((1, title.trim(), 3))
        }
        [title, below, ..] if is_below(title, below) && !is_underline(title) => {
            Some((if below.starts_with('=') { 2 } else { 3 }, title, 2))
        }
        _ => None,
    }
}

/// The line of a heading.
pub(super) fn is_underline(line: &str) -> bool {
    let rule = line.trim_end();
    rule.len() >= 3
        && ['=', '-', '~', '^', '"', '*'].iter().any(|&mark| rule.trim_start_matches(mark).is_empty())
}

/// A line of a QMP conversation.
pub(super) fn is_example(line: &str) -> bool {
    ["-> ", "<- "].iter().any(|arrow| line.trim_start().starts_with(arrow))
        || matches!(line.trim(), "->" | "<-")
}

/// The length of a conversation, with its continuation lines.
pub(super) fn examples(lines: &[&str]) -> usize {
    let mut used = 0;
    while used < lines.len() {
        let part = lines[used..].iter().take_while(|line| !is_blank(line)).count();
        let blank = lines[used + part..].iter().take_while(|line| is_blank(line)).count();
        used += part;
        match lines.get(used + blank) {
            Some(next) if is_example(next) || indent(next) > 0 => used += blank,
            _ => break,
        }
    }
    used
}

/// The border of a table.
pub(super) fn is_table(line: &str) -> bool {
    let line = line.trim_end();
    line.starts_with("+-") && line.ends_with('+')
        || line.starts_with("==") && line.contains("= =") && line.chars().all(|c| matches!(c, '=' | ' '))
}

/// `:name: text`.
pub(super) fn field(line: &str) -> Option<(&str, &str)> {
    let (name, text) = line.strip_prefix(':')?.split_once(':')?;
    let is_name =
        !name.is_empty() && name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.contains('`');
    (is_name && (text.is_empty() || text.starts_with(' '))).then(|| (name, text.trim()))
}

/// The mark of a list item: its width, and the mark in Markdown.
pub(super) fn marker(line: &str) -> Option<(usize, String)> {
    let (mark, _) = line.split_once(' ')?;
    if matches!(mark, "-" | "*" | "+" | "•") {
        return Some((mark.len(), "- ".to_owned()));
    }
    let number = mark.strip_suffix(['.', ')'])?;
    if number == "#" {
        return Some((mark.len(), "1. ".to_owned()));
    }
    let is_number =
        !number.is_empty() && number.len() < 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| (mark.len(), format!("{number}. ")))
}

/// A line of text, escaped so that Markdown does not take its start for markup.
pub(super) fn escaped(line: &str) -> String {
    let starts = line.starts_with(['#', '>', '~', '|', '=']) || is_underline(line) || line.starts_with("+-");
    match marker(line) {
        Some((width, mark)) if mark != "- " => format!("{}\\{}", &line[..width - 1], &line[width - 1..]),
        Some(_) => format!("\\{line}"),
        None if starts => format!("\\{line}"),
        None => line.to_owned(),
    }
}

/// The longest run of backquotes.
pub(super) fn backquotes(line: &str) -> usize {
    line.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
