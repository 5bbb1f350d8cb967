use super::{Code, Diagnostic, Origin, Severity};
use std::cmp::Ordering;

/// Collects the diagnostics of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Creates an empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds all diagnostics of another collection.
    pub fn append(&mut self, mut other: Diagnostics) {
        self.list.append(&mut other.list);
    }

    /// Whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there are no diagnostics.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The number of diagnostics.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The diagnostics in the order in which they were added, or sorted after [`sort`](Self::sort).
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// Sorts the diagnostics: those without a place in a schema file first, then by file, in the order of reading, and
    /// place. Duplicates at one place are removed.
    pub fn sort(&mut self) {
        self.list.sort_by(order);
        self.list.dedup();
    }
}

fn order(a: &Diagnostic, b: &Diagnostic) -> Ordering {
    place(&a.origin).cmp(&place(&b.origin)).then(a.severity.cmp(&b.severity))
}

fn place(origin: &Origin) -> Option<(u32, u32, u32)> {
    match origin {
        Origin::Span(span) => Some((span.file.0, span.start, span.end)),
        Origin::Option(_) | Origin::File(_) => None,
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        self.list.extend(iter);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(iter: T) -> Self {
        Diagnostics { list: iter.into_iter().collect() }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics { list: vec![diagnostic] }
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Diagnostics {
    /// Whether one of them is about a file that could not be read or written.
    pub fn unreadable(&self) -> bool {
        self.list.iter().any(|diagnostic| matches!(diagnostic.origin, Origin::File(_)))
    }

    /// Whether one of them has this code.
    pub fn contains(&self, code: Code) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.code == code)
    }
}
