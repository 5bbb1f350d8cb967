//! Paths from a command or event to a place in its data.
//!
//! `blockdev-add.arguments[driver=qcow2].backing<string>`: member, branch, class of an alternate. Paths are kept as a
//! tree and printed on demand, since almost all of them are never printed.

use crate::ids::{Id, IdVec, declare_ids};
use std::fmt::Write;

/// A step of a path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    /// A command or event.
    Root(&'a str),
    /// `arguments`, `return` or `data`, as on the wire, or a member.
    Member(&'a str),
    /// Into the elements of an array.
    Element,
    /// Into the branch for a value of the tag.
    Case(&'a str, &'a str),
    /// Into the values of one class of an alternate.
    Class(&'a str),
}

declare_ids! {
    /// A path in [`Paths`], by its last step.
    pub(super) struct Path;
}

/// A step, with the step before it.
#[derive(Debug)]
struct Node<'a> {
    parent: Option<Path>,
    step: Step<'a>,
    depth: usize,
    /// For a path that is too long: the end of its first printed part.
    head: Path,
}

/// All paths of a comparison.
#[derive(Debug, Default)]
pub(super) struct Paths<'a> {
    nodes: IdVec<Path, Node<'a>>,
}

/// A path that is longer than twice this is printed without its middle, since a chain of types may be long.
const SHOWN: usize = 20;

impl<'a> Paths<'a> {
    pub(super) fn root(&mut self, name: &'a str) -> Path {
        self.add(None, Step::Root(name))
    }

    /// The command or event that a path begins with; a type, for one that none of them reaches.
    pub(super) fn beginning(&self, path: Path) -> &'a str {
        let parents = |path: &Path| self.nodes[*path].parent;
        let first = std::iter::successors(Some(path), parents).last().unwrap_or(path);
        match self.nodes[first].step {
            Step::Root(name) => name,
            Step::Member(_) | Step::Element | Step::Case(..) | Step::Class(_) => {
                unreachable!("only a root has no parent")
            }
        }
    }

    pub(super) fn then(&mut self, path: Path, step: Step<'a>) -> Path {
        self.add(Some(path), step)
    }

    fn add(&mut self, parent: Option<Path>, step: Step<'a>) -> Path {
        let path = Path::from_index(self.nodes.len());
        let before = parent.map(|parent| &self.nodes[parent]);
        let depth = before.map_or(1, |node| node.depth + 1);
        let head = before.filter(|_| depth > SHOWN).map_or(path, |node| node.head);
        self.nodes.push(Node { parent, step, depth, head })
    }

    pub(super) fn print(&self, path: Path) -> String {
        let node = &self.nodes[path];
        let mut text = String::new();
        if node.depth > 2 * SHOWN {
            self.append(&mut text, node.head, SHOWN);
            text.push_str("...");
            self.append(&mut text, path, SHOWN);
        } else {
            self.append(&mut text, path, node.depth);
        }
        text
    }

    /// The steps of a path after those of its beginning.
    pub(super) fn print_after(&self, path: Path, beginning: Path) -> String {
        let mut text = String::new();
        let count = self.nodes[path].depth.saturating_sub(self.nodes[beginning].depth);
        self.append(&mut text, path, count);
        text
    }

    /// Appends the last steps of a path.
    fn append(&self, text: &mut String, path: Path, count: usize) {
        let parents = |path: &Path| self.nodes[*path].parent;
        let mut steps: Vec<Path> = std::iter::successors(Some(path), parents).take(count).collect();
        steps.reverse();
        for step in steps {
            let written = match self.nodes[step].step {
                Step::Root(name) => write!(text, "{name}"),
                Step::Member(name) => write!(text, ".{name}"),
                Step::Element => write!(text, "[]"),
                Step::Case(tag, case) => write!(text, "[{tag}={case}]"),
                Step::Class(class) => write!(text, "<{class}>"),
            };
            written.expect("writing to a string does not fail");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_paths_are_cut() {
        let mut paths = Paths::default();
        let mut path = paths.root("a");
        assert_eq!(paths.print(path), "a");
        for _ in 1..2 * SHOWN {
            path = paths.then(path, Step::Element);
        }
        assert_eq!(paths.print(path), format!("a{}", "[]".repeat(2 * SHOWN - 1)));
        path = paths.then(path, Step::Member("b"));
        assert_eq!(paths.print(path), format!("a{}...{}.b", "[]".repeat(SHOWN - 1), "[]".repeat(SHOWN - 1)));
    }
}
