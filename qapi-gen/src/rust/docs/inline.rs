//! Converts text within a paragraph from rST's markup to Markdown's.

use super::links::Links;

/// The text of one paragraph; markup may continue over line ends.
pub(super) fn convert(text: &str, links: &Links) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let before = out.chars().next_back();
        let used = markup(rest, before, links, &mut out).unwrap_or_else(|| {
            escape(first, &mut out);
            first.len_utf8()
        });
        rest = &rest[used..];
    }
    out
}

/// Converts the markup at the start of `text`, if there is any. Returns its length.
fn markup(text: &str, before: Option<char>, links: &Links, out: &mut String) -> Option<usize> {
    let at_word = before.is_none_or(|c| !c.is_alphanumeric());
    if let Some(inner) = text.strip_prefix("``") {
        let end = inner.find("``").filter(|end| *end > 0)?;
        out.push_str(&code(&inner[..end]));
        return Some(end + 4);
    }
    if text.starts_with('`') {
        return quoted(text, out, links);
    }
    if text.starts_with(':') && at_word {
        return role(text, out, links);
    }
    if text.starts_with('@') && at_word {
        let name = name_at(&text[1..])?;
        out.push_str(&links.name(name));
        return Some(1 + name.len());
    }
    if at_word && (text.starts_with("http://") || text.starts_with("https://")) {
        let end = text.find(|c: char| c.is_whitespace() || "<>\"`|\\".contains(c)).unwrap_or(text.len());
        let url = text[..end].trim_end_matches(['.', ',', ';', ':', ')', ']', '\'', '*']);
        out.push_str(&format!("<{url}>"));
        return Some(url.len());
    }
    if let Some(escaped) = text.strip_prefix('\\') {
        let next = escaped.chars().next()?;
        // A backslash before white space joins two words.
        if !next.is_whitespace() {
            out.push('\\');
            if !next.is_ascii_punctuation() {
                out.push('\\');
            }
            out.push(next);
        }
        return Some(1 + next.len_utf8());
    }
    None
}

/// `` `text` ``, `` `text <url>`_ `` and `` `reference`_ ``.
fn quoted(text: &str, out: &mut String, links: &Links) -> Option<usize> {
    let inner = &text[1..];
    let end = inner.find('`').filter(|end| *end > 0)?;
    let (content, after) = (&inner[..end], &inner[end + 1..]);
    let underscores = after.len() - after.trim_start_matches('_').len();
    let used = end + 2 + underscores.min(2);
    if underscores > 0 {
        match content.strip_suffix('>').and_then(|content| content.split_once('<')) {
            Some((title, url)) if url.starts_with("http") => {
                let title = convert(title.trim(), links);
                out.push_str(&if title.is_empty() {
                    format!("<{url}>")
                } else {
                    format!("[{title}]({url})")
                });
            }
            Some((title, _)) => out.push_str(&convert(title.trim(), links)),
            None => out.push_str(&convert(content, links)),
        }
    } else if name_at(content) == Some(content) {
        out.push_str(&links.name(content));
    } else {
        out.push_str(&code(content));
    }
    Some(used)
}

/// `` :ref:`text <label>` ``: the text.
fn role(text: &str, out: &mut String, links: &Links) -> Option<usize> {
    let close = 1 + text[1..].find(':')?;
    let name = &text[1..close];
    let inner = text[close + 1..].strip_prefix('`')?;
    let end = inner.find('`')?;
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        return None;
    }
    let content = &inner[..end];
    match content.strip_suffix('>').and_then(|content| content.split_once('<')) {
        Some((title, _)) => out.push_str(&convert(title.trim(), links)),
        None if matches!(name, "qapi" | "any" | "obj" | "type") => out.push_str(&links.name(content)),
        None => out.push_str(&code(content)),
    }
    Some(close + 2 + end + 1)
}

/// A name of the schema at the start of `text`; a dot or hyphen at its end belongs to the sentence.
fn name_at(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(text.len());
    let name = text[..end].trim_end_matches(['.', '-']);
    (!name.is_empty()).then_some(name)
}

/// Literal text, with more backquotes around it than inside.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Characters that Markdown or rustdoc would take for markup. Stars mean the same in rST and Markdown.
pub(super) fn escape(c: char, out: &mut String) {
    if matches!(c, '[' | ']' | '<' | '`') {
        out.push('\\');
    }
    out.push(c);
}
