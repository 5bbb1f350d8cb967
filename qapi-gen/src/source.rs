//! The text of schema files, and places in it.

use crate::ids::{Id, IdVec};
use std::path::{Path, PathBuf};

mod names;

/// The id of a file: its number, in the order in which one load first read the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

impl FileId {
    /// The file at which a load starts.
    pub const ROOT: Self = FileId(0);
}

impl Id for FileId {
    fn from_index(index: usize) -> Self {
        FileId(u32::try_from(index).expect("a load reads fewer than 2^32 files"))
    }

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// A range of bytes in a file. `end` is exclusive; an empty place, such as the end of a file, has `start == end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    pub const fn new(file: FileId, start: u32, end: u32) -> Self {
        Span { file, start, end }
    }

    /// From the start of `self` to the end of `last`, which follows it in the same file.
    pub fn to(self, last: Span) -> Span {
        debug_assert_eq!(self.file, last.file, "a span lies in one file");
        Span::new(self.file, self.start, last.end.max(self.start))
    }
}

/// A place for people: both numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in characters.
    pub column: u32,
}

/// One file that was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    path: PathBuf,
    name: String,
    text: String,
    line_starts: Vec<u32>,
    included_at: Option<Span>,
}

impl SourceFile {
    /// The path by which the loader found the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path as messages show it: relative to the working directory if the user's own path was.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The directive that first included the file; `None` for the root.
    pub fn included_at(&self) -> Option<Span> {
        self.included_at
    }

    /// The number of lines; a newline at the end of the text does not start another line.
    pub fn line_count(&self) -> u32 {
        let starts = self.line_starts.len() as u32;
        if self.text.is_empty() || !self.text.ends_with('\n') { starts } else { starts - 1 }
    }

    /// The line of a byte, counted from 1.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.line_starts.partition_point(|&start| start <= offset) as u32
    }

    /// The offset of the first byte of a line, counted from 1; the end of the text for a line after the last one.
    pub fn line_start(&self, line: u32) -> u32 {
        let index = line.saturating_sub(1) as usize;
        self.line_starts.get(index).copied().unwrap_or(self.text.len() as u32)
    }

    /// Line and column of a byte.
    pub fn locate(&self, offset: u32) -> Location {
        let line = self.line_of(offset);
        let start = self.line_start(line) as usize;
        let end = (offset as usize).clamp(start, self.text.len());
        // Not a slice of the text, which would panic at an offset inside a character.
        let column = self.text.as_bytes()[start..end].iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        Location { line, column: column as u32 + 1 }
    }
}

/// All files of one load.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: IdVec<FileId, SourceFile>,
}

impl Sources {
    /// Creates an empty set of files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. Its text must be shorter than 4 GiB, as [`crate::syntax::load`] ensures.
    pub fn add(&mut self, path: PathBuf, text: String, included_at: Option<Span>) -> FileId {
        let starts = text.match_indices('\n').map(|(index, _)| index as u32 + 1);
        let line_starts = std::iter::once(0).chain(starts).collect();
        let name = names::shown(&path);
        self.files.push(SourceFile { path, name, text, line_starts, included_at })
    }

    /// The file with an id that this value returned.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id]
    }

    /// All files, in the order in which they were first read; the root is the first.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.entries()
    }

    /// Line and column of the start of a span.
    pub fn locate(&self, span: Span) -> Location {
        self.file(span.file).locate(span.start)
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The name of a file as a module of the schema: relative to the root file's directory, `..` and `.` resolved.
    pub fn module_name(&self, id: FileId) -> String {
        names::module(&self.file(FileId::ROOT).path, &self.file(id).path)
    }
}

#[cfg(test)]
mod tests;
