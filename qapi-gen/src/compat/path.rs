//! Paths from a command or event to a place in what it sends or receives.
//!
//! `blockdev-add.arguments[driver=qcow2].backing<string>`: member, branch, class of an alternate. Kept as a tree, since
//! almost all of them are never printed.

use std::fmt::Write;

/// A step of a path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    /// A command or event.
    Root(&'a str),
    /// `arguments`, `return` or `data`, as on the wire; or a member.
    Member(&'a str),
    /// Into the elements of an array.
    Element,
    /// Into the branch that a value of the tag selects.
    Case(&'a str, &'a str),
    /// Into the values of one class.
    Class(&'a str),
}

/// A path, as an index into [`Paths`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Path(u32);

/// All paths of a comparison.
#[derive(Debug, Default)]
pub(super) struct Paths<'a> {
    steps: Vec<(Option<Path>, Step<'a>)>,
}

/// Of a longer path the middle is left out.
const MAX_STEPS: usize = 40;

impl<'a> Paths<'a> {
    pub(super) fn root(&mut self, name: &'a str) -> Path {
        self.add(None, Step::Root(name))
    }

    pub(super) fn then(&mut self, path: Path, step: Step<'a>) -> Path {
        self.add(Some(path), step)
    }

    fn add(&mut self, parent: Option<Path>, step: Step<'a>) -> Path {
        let index = self.steps.len() as u32;
        self.steps.push((parent, step));
        Path(index)
    }

    pub(super) fn print(&self, path: Path) -> String {
        let mut steps = Vec::new();
        let mut next = Some(path);
        while let Some(Path(index)) = next {
            let (parent, step) = self.steps[index as usize];
            steps.push(step);
            next = parent;
        }
        steps.reverse();
        let mut text = String::new();
        let cut = steps.len().saturating_sub(MAX_STEPS);
        for (index, step) in steps.iter().enumerate() {
            if cut > 0 && (MAX_STEPS / 2..MAX_STEPS / 2 + cut).contains(&index) {
                if index == MAX_STEPS / 2 {
                    text.push_str("...");
                }
                continue;
            }
            let written = match step {
                Step::Root(name) => write!(text, "{name}"),
                Step::Member(name) => write!(text, ".{name}"),
                Step::Element => write!(text, "[]"),
                Step::Case(tag, case) => write!(text, "[{tag}={case}]"),
                Step::Class(class) => write!(text, "<{class}>"),
            };
            written.expect("writing to a string does not fail");
        }
        text
    }
}
