//! Prints a tree in canonical layout.

use super::tree::{Group, Item, Node, Part, What};
use super::{WIDTH, doc};

pub(super) fn print(items: &[Item<'_>]) -> String {
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 && is_apart(&items[index - 1], item) {
            out.push('\n');
        }
        match &item.what {
            What::Comment(text) => out.push_str(text),
            What::Doc(lines) => out.push_str(&doc::layout(lines)),
            What::Expression(node, trailing) => {
                let mut printer = Printer { out: &mut out, column: 0 };
                printer.node(node, 0, false);
                if let Some(comment) = trailing {
                    printer.text(" ");
                    printer.text(comment);
                }
            }
            What::Kept(_, written, trailing) => {
                out.push_str(written);
                if let Some(comment) = trailing {
                    out.push(' ');
                    out.push_str(comment);
                }
            }
        }
        out.push('\n');
    }
    out
}

/// Whether an empty line separates two neighbours. Documentation is adjacent to its definition. Otherwise an empty line
/// precedes documentation and follows a definition. Comments keep their distance, and so do neighbouring directives.
fn is_apart(before: &Item<'_>, item: &Item<'_>) -> bool {
    match (&before.what, &item.what) {
        (What::Doc(lines), What::Expression(..) | What::Kept(..)) => !doc::is_of_definition(lines),
        (What::Comment(_), _) | (_, What::Comment(_)) => item.apart,
        (What::Expression(a, _) | What::Kept(a, ..), What::Expression(b, _) | What::Kept(b, ..)) => {
            item.apart || !(is_directive(a) && is_directive(b))
        }
        (What::Doc(_) | What::Expression(..) | What::Kept(..), What::Doc(_)) => true,
    }
}

fn is_directive(node: &Node<'_>) -> bool {
    let Node::Group(group) = node else { return false };
    group.parts.first().and_then(|part| part.key).is_some_and(|key| key == "'include'" || key == "'pragma'")
}

struct Printer<'o> {
    out: &'o mut String,
    column: usize,
}

impl Printer<'_> {
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn newline(&mut self, indent: usize) {
        // A comma leaves a trailing space.
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
    }

    /// Prints a value; `behind` is the width that the text after it takes on its last line.
    fn node(&mut self, node: &Node<'_>, behind: usize, compact: bool) {
        let group = match node {
            Node::Atom(text) => return self.text(text),
            Node::Group(group) => group,
        };
        if let Some(flat) = flat(node, compact)
            && self.column + flat.len() + behind <= WIDTH
            && !was_broken(group)
        {
            return self.text(&flat);
        }
        self.broken(group, behind);
    }

    fn broken(&mut self, group: &Group<'_>, behind: usize) {
        let outer = self.column;
        let indent = outer + 2;
        let filled = group.open == '[' && !one_a_line(group);
        self.text(if group.open == '{' { "{ " } else { "[ " });
        let mut fresh = true;
        let count = group.parts.len();
        let keys = if is_aligned(group) { group.parts.iter().filter_map(key_width).max() } else { None };
        for (index, part) in group.parts.iter().enumerate() {
            let last = index + 1 == count;
            let room = if last { behind + 2 } else { 1 };
            if !fresh {
                let fits = filled
                    && part.leading.is_empty()
                    && is_atom(part)
                    && is_atom(&group.parts[index - 1])
                    && self.column + width(part) + room <= WIDTH;
                if !fits {
                    self.newline(indent);
                }
            }
            for comment in &part.leading {
                self.text(comment);
                self.newline(indent);
            }
            if let Some(key) = part.key {
                self.text(key);
                self.text(": ");
                let pad = keys.unwrap_or(0).saturating_sub(key.chars().count());
                self.out.extend(std::iter::repeat_n(' ', pad));
                self.column += pad;
            }
            self.node(&part.value, room, is_type(part));
            if !last {
                self.text(", ");
            }
            fresh = false;
            if let Some(comment) = part.trailing {
                if last {
                    self.text(" ");
                }
                self.text(comment);
                self.newline(if last && group.dangling.is_empty() { outer } else { indent });
                fresh = true;
            }
        }
        for comment in &group.dangling {
            if !fresh {
                self.newline(indent);
            }
            self.text(comment);
            fresh = false;
        }
        if !group.dangling.is_empty() {
            self.newline(outer);
            fresh = true;
        }
        let close = if group.open == '{' { "}" } else { "]" };
        if !fresh {
            self.text(" ");
        }
        self.text(close);
    }
}

/// Whether the author put the second part on a line of its own. Such a group is not joined, unless it is a list of
/// strings that was merely filled.
fn was_broken(group: &Group<'_>) -> bool {
    match group.open {
        '{' => group.parts.get(1).is_some_and(|part| part.first),
        _ => group.parts.len() > 2 && one_a_line(group),
    }
}

/// Whether every element of a list is on a line of its own.
fn one_a_line(group: &Group<'_>) -> bool {
    group.parts.len() > 1 && group.parts.iter().skip(1).all(|part| part.first)
}

/// Whether the author aligned the values of an object with one member on each line.
fn is_aligned(group: &Group<'_>) -> bool {
    let Some((first, rest)) = group.parts.split_first() else { return false };
    group.open == '{'
        && !rest.is_empty()
        && rest.iter().all(|part| part.first && part.column == first.column)
        && rest.iter().any(|part| key_width(part) != key_width(first))
}

fn key_width(part: &Part<'_>) -> Option<usize> {
    part.key.map(|key| key.chars().count())
}

fn is_atom(part: &Part<'_>) -> bool {
    matches!(part.value, Node::Atom(_))
}

fn width(part: &Part<'_>) -> usize {
    match part.value {
        Node::Atom(text) => text.chars().count(),
        Node::Group(_) => WIDTH,
    }
}

/// Whether the value of a member is a type, in which brackets have no spaces inside. Features and conditions are not
/// types.
fn is_type(part: &Part<'_>) -> bool {
    part.key.is_some_and(|key| {
        !matches!(
            key,
            "'features'"
                | "'all'"
                | "'any'"
                | "'command-name-exceptions'"
                | "'command-returns-exceptions'"
                | "'documentation-exceptions'"
                | "'member-name-exceptions'"
        )
    }) && matches!(&part.value, Node::Group(Group { open: '[', parts, .. }) if parts.len() == 1 && is_atom(&parts[0]))
        && part.key != Some("'data'")
}

/// The value on one line; `None` if it contains a comment.
fn flat(node: &Node<'_>, compact: bool) -> Option<String> {
    let group = match node {
        Node::Atom(text) => return Some((*text).to_owned()),
        Node::Group(group) => group,
    };
    if !group.dangling.is_empty() {
        return None;
    }
    let mut parts = Vec::with_capacity(group.parts.len());
    for part in &group.parts {
        if !part.leading.is_empty() || part.trailing.is_some() {
            return None;
        }
        if let Node::Group(inner) = &part.value
            && was_broken(inner)
        {
            return None;
        }
        let value = flat(&part.value, is_type(part))?;
        parts.push(match part.key {
            Some(key) => format!("{key}: {value}"),
            None => value,
        });
    }
    let inner = parts.join(", ");
    Some(match (group.open, inner.is_empty(), compact) {
        ('{', true, _) => "{}".to_owned(),
        ('{', false, _) => format!("{{ {inner} }}"),
        (_, true, _) => "[]".to_owned(),
        (_, false, true) => format!("[{inner}]"),
        (_, false, false) => format!("[ {inner} ]"),
    })
}
