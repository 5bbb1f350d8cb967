use core::fmt;
use std::borrow::Cow;

/// The path from the root of the input to a member. Innermost segment first, because the decoder adds segments on its
/// way out.
#[derive(Default)]
pub(super) struct Path(Vec<Segment>);

pub(super) enum Segment {
    Member(Cow<'static, str>),
    Index(usize),
}

impl Path {
    pub(super) fn push_front(&mut self, segment: Segment) {
        self.0.push(segment);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().rev().enumerate() {
            match segment {
                Segment::Member(name) if index == 0 => f.write_str(name)?,
                Segment::Member(name) => write!(f, ".{name}")?,
                Segment::Index(element) => write!(f, "[{element}]")?,
            }
        }
        Ok(())
    }
}

/// The subject of a sentence: `Parameter 'a.b'`, or `Value` at the root.
pub(super) struct Parameter<'a>(pub(super) &'a Path);

impl fmt::Display for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { f.write_str("Value") } else { write!(f, "Parameter '{}'", self.0) }
    }
}
