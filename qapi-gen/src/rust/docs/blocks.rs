//! Converts paragraphs, lists, directives and literal text from rST to Markdown.
//!
//! Indentation means quotation in rST but code in Markdown, and rustdoc would run the code as a test. So an indented
//! block is never copied: it is converted by itself and gets a prefix.

use super::inline;
use super::links::Links;

mod directives;
mod lines;

use lines::{dedent, indent, is_blank, marker};

/// The limit on nesting; deeper text is copied literally.
const DEEPEST: usize = 12;

/// The text of a section as Markdown, without blank lines around it.
pub(super) fn convert(text: &str, links: &Links) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut blocks = Blocks::new(links, 0);
    blocks.convert(&lines);
    blocks.out.join("\n")
}

/// The text of a section with a tag. If the first line is beside the tag, the other lines have an indentation of their
/// own; if it is below, all lines share one.
pub(super) fn convert_tagged(text: &str, links: &Links) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let Some((first, more)) = lines.split_first() else { return String::new() };
    if indent(first) > 0 {
        return convert(text, links);
    }
    let mut all = vec![*first];
    all.extend(dedent(more));
    let mut blocks = Blocks::new(links, 0);
    blocks.convert(&all);
    blocks.out.join("\n")
}

struct Blocks<'a> {
    links: &'a Links<'a>,
    out: Vec<String>,
    depth: usize,
    /// Whether the last block is an item of a list, which the next item joins.
    in_list: bool,
}

impl<'a> Blocks<'a> {
    fn new(links: &'a Links<'a>, depth: usize) -> Self {
        Blocks { links, out: Vec::new(), depth, in_list: false }
    }

    fn inner(&self) -> Blocks<'a> {
        Blocks::new(self.links, self.depth + 1)
    }

    fn convert(&mut self, lines: &[&str]) {
        let lines = dedent(lines);
        let mut rest = &lines[..];
        while let Some(first) = rest.first() {
            let used = if is_blank(first) { 1 } else { self.block(rest) };
            rest = &rest[used..];
        }
    }

    /// Converts the block that starts here. Returns the number of its lines, at least one.
    fn block(&mut self, lines: &[&str]) -> usize {
        let first = lines[0];
        if self.depth >= DEEPEST {
            self.fence(lines);
            lines.len()
        } else if indent(first) > 0 {
            let used = lines::indented(lines);
            // Literal text needs no mark of quotation.
            if lines::is_example(first) && lines::examples(&dedent(&lines[..used])) == used {
                self.fence(&lines[..used]);
            } else {
                self.nested(&lines[..used], "> ", "> ");
            }
            used
        } else if let Some(directive) =
            first.strip_prefix("..").filter(|it| it.is_empty() || it.starts_with(' '))
        {
            let used = 1 + lines::indented(&lines[1..]);
            self.directive(directive.trim(), &lines[1..used]);
            used
        } else if let Some((level, title)) = lines::heading(first) {
            let title = inline::convert(title, self.links);
            self.push_block([format!("{} {title}", "#".repeat(level))]);
            1
        } else if let Some((level, title, used)) = lines::ruled_heading(lines) {
            let title = inline::convert(title, self.links);
            self.push_block([format!("{} {title}", "#".repeat(level))]);
            used
        } else if lines::is_example(first) {
            let used = lines::examples(lines);
            self.fence(&lines[..used]);
            used
        } else if lines::is_table(first) {
            let used = lines.iter().take_while(|line| !is_blank(line)).count();
            self.fence(&lines[..used]);
            used
        } else if let Some((name, text)) = lines::field(first) {
            let used = 1 + lines::indented(&lines[1..]);
            let text = format!("{name}: {text}");
            self.item("- ", &text, &lines[1..used]);
            used
        } else if let Some((width, mark)) = marker(first) {
            let used = 1 + lines::indented(&lines[1..]);
            self.item(&mark, first[width..].trim_start(), &lines[1..used]);
            used
        } else {
            self.paragraph(lines)
        }
    }

    /// A list item, whose first line follows the mark.
    fn item(&mut self, mark: &str, first: &str, more: &[&str]) {
        let more = dedent(more);
        let mut lines = vec![first];
        lines.extend(more);
        let mut inner = self.inner();
        inner.convert(&lines);
        let prefix = " ".repeat(mark.len());
        let prefixed = prefixed(&inner.out, mark, &prefix);
        if self.in_list {
            self.out.extend(prefixed)
        } else {
            self.push_block(prefixed)
        }
        self.in_list = true;
    }

    fn nested(&mut self, lines: &[&str], first: &str, other: &str) {
        let mut inner = self.inner();
        inner.convert(lines);
        self.push_block(prefixed(&inner.out, first, other));
    }

    /// A paragraph, with the literal text or the definition after it.
    fn paragraph(&mut self, lines: &[&str]) -> usize {
        let end = lines.iter().position(|line| is_blank(line)).unwrap_or(lines.len());
        let end =
            lines[..end].iter().skip(1).position(|line| lines::is_example(line)).map_or(end, |at| at + 1);
        if end > 1 && indent(lines[1]) > 0 && !lines[0].ends_with("::") {
            // A term and its definition.
            let used = 1 + lines::indented(&lines[1..]);
            let mut body = vec![lines[0], ""];
            body.extend(dedent(&lines[1..used]));
            self.item("- ", body[0], &body[1..]);
            return used;
        }
        let end = lines[..end].iter().position(|line| line.ends_with("::")).map_or(end, |at| at + 1);
        let text: Vec<&str> = lines[..end].iter().map(|line| line.trim()).collect();
        let mut text = text.join("\n");
        let literal = text.ends_with("::").then(|| lines::indented(&lines[end..])).filter(|used| *used > 0);
        if literal.is_some() {
            text.pop();
            if text.ends_with([' ', '\n']) || text == ":" {
                text.pop();
            }
        }
        if !text.trim().is_empty() {
            let text = inline::convert(text.trim(), self.links);
            self.push_block(text.lines().map(lines::escaped));
        }
        if let Some(used) = literal {
            self.fence(&lines[end..end + used]);
            return end + used;
        }
        end
    }

    /// Literal text.
    fn fence(&mut self, lines: &[&str]) {
        let lines = lines::trimmed(dedent(lines));
        if lines.is_empty() {
            return;
        }
        let longest = lines.iter().map(|line| lines::backquotes(line)).max().unwrap_or(0);
        let fence = "`".repeat((longest + 1).max(3));
        let start = [format!("{fence}text")].into_iter();
        self.push_block(start.chain(lines.iter().map(|line| (*line).to_owned())).chain([fence]));
    }

    fn push_block(&mut self, lines: impl IntoIterator<Item = String>) {
        if !self.out.is_empty() {
            self.out.push(String::new());
        }
        self.out.extend(lines);
        self.in_list = false;
    }
}

fn prefixed(lines: &[String], first: &str, other: &str) -> Vec<String> {
    let prefix = |(index, line): (usize, &String)| match index {
        0 => format!("{first}{line}"),
        _ if line.is_empty() => other.trim_end().to_owned(),
        _ => format!("{other}{line}"),
    };
    lines.iter().enumerate().map(prefix).collect()
}
