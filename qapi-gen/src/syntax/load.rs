//! Loads a schema with all included files.

use super::ast::{Definition, Include, Item, Object, Str, Unit};
use super::detect::{detect, wide_integers};
use super::doc::Doc;
use super::parse::{Part, parse_file};
use super::{include, pragma};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Origin, Severity};
use crate::language::Language;
use crate::loader::Loader;
use crate::source::{FileId, Sources, Span};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Reads the schema file `root` and all files that it includes. A part with an error is left out and reported in
/// `diagnostics`; the rest is still read. Without a `language` the schema's own is detected.
pub fn load(
    loader: &dyn Loader,
    root: &Path,
    language: Option<Language>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Unit {
    let mut load = Load {
        loader,
        sources,
        diagnostics,
        known: HashMap::new(),
        open: Vec::new(),
        unit: Unit { language: language.unwrap_or_default(), ..Unit::default() },
    };
    load.root(root, language.is_none());
    load.unit
}

struct Load<'a> {
    loader: &'a dyn Loader,
    sources: &'a mut Sources,
    diagnostics: &'a mut Diagnostics,
    /// Files by identity.
    known: HashMap<PathBuf, FileId>,
    /// The files that are being read, the root first. An explicit stack, since includes may be thousands deep.
    open: Vec<OpenFile>,
    unit: Unit,
}

struct OpenFile {
    id: FileId,
    parts: std::vec::IntoIter<Part>,
    /// The documentation that was read last, until the next item shows what it belongs to.
    pending: Option<Doc>,
}

impl Load<'_> {
    fn root(&mut self, path: &Path, detect: bool) {
        match self.loader.identity(path).and_then(|identity| Ok((identity, self.loader.read(path)?))) {
            Ok((identity, bytes)) => {
                let (text, fault) = decode(bytes, MAX_SIZE);
                let id = self.take_in(identity, path.to_owned(), text, None);
                if detect {
                    self.detect_language(id);
                }
                self.detect_integers(id);
                self.open_file(id, fault);
            }
            Err(error) => {
                let message = format!("can't read schema file '{}': {error}", path.display());
                let origin = Origin::File(path.to_owned());
                self.diagnostics.push(Diagnostic::new(
                    Code::UnreadableFile,
                    Severity::Error,
                    origin,
                    message,
                ));
            }
        }
        while let Some(file) = self.open.last_mut() {
            match file.parts.next() {
                Some(part) => self.part(part),
                None => {
                    let doc = file.pending.take();
                    self.leave_doc(doc);
                    self.open.pop();
                }
            }
        }
    }

    /// Detects the version of the language from the root file.
    fn detect_language(&mut self, root: FileId) {
        let file = self.sources.file(root);
        match detect(self.loader, file.path(), file.text()) {
            Ok(detected) => {
                self.unit.language = detected.language;
                if let Some((path, text)) = detected.version_file {
                    // The result depends on this file too, so a build script has to watch it.
                    self.sources.add(path, text, None);
                }
            }
            Err(bad) => self.report_comment(root, Code::UnknownLanguage, bad.name, bad.error.to_string()),
        }
    }

    /// Detects from the root file whether the widths of integers are known.
    fn detect_integers(&mut self, root: FileId) {
        match wide_integers(self.sources.file(root).text()) {
            Ok(wide) => self.unit.wide_integers = wide,
            Err(name) => {
                let message = "integers are 'wide', or there is no such comment".to_owned();
                self.report_comment(root, Code::UnknownIntegers, name, message);
            }
        }
    }

    fn report_comment(&mut self, root: FileId, code: Code, (start, end): (usize, usize), message: String) {
        let span = Span::new(root, start as u32, end as u32);
        self.diagnostics.push(Diagnostic::error(code, span, message));
    }

    fn take_in(
        &mut self,
        identity: PathBuf,
        path: PathBuf,
        text: String,
        included_at: Option<Span>,
    ) -> FileId {
        let id = self.sources.add(path, text, included_at);
        self.known.insert(identity, id);
        id
    }

    /// Starts reading a loaded file: its parts come next.
    fn open_file(&mut self, id: FileId, fault: Option<NoText>) {
        let parts = match fault {
            Some(fault) => {
                self.unit.lacks_files = true;
                self.diagnostics.push(fault.diagnostic(id));
                Vec::new()
            }
            None => {
                let file = self.sources.file(id);
                let language = self.loader.language(file.path()).unwrap_or(self.unit.language);
                parse_file(id, file.text(), language, self.diagnostics)
            }
        };
        self.unit.items.push(Item::Module(id));
        self.open.push(OpenFile { id, parts: parts.into_iter(), pending: None });
    }

    fn part(&mut self, part: Part) {
        let pending = self.open.last_mut().and_then(|file| file.pending.take());
        match part {
            Part::Doc(doc) => {
                self.leave_doc(pending);
                if let Some(file) = self.open.last_mut() {
                    file.pending = Some(doc);
                }
            }
            Part::Expression { head, object } => self.expression(head, object, pending),
            // The lost part may be the one that the documentation describes.
            Part::Fault(lost) => self.unit.lost.push(lost),
            Part::LostDoc(lost) => {
                self.leave_doc(pending);
                self.unit.lost.push(lost);
            }
        }
    }

    fn expression(&mut self, head: Span, object: Object, doc: Option<Doc>) {
        if let Some(member) = object.get("include") {
            self.leave_doc(doc);
            match include::path(&object, &member.value, head) {
                Ok(path) => self.include(head, object.span, path),
                Err(diagnostic) => {
                    self.unit.lacks_files = true;
                    self.diagnostics.push(*diagnostic);
                }
            }
        } else if let Some(member) = object.get("pragma") {
            self.leave_doc(doc);
            pragma::read(&object, &member.value, head, &mut self.unit, self.diagnostics);
        } else {
            let doc = self.definition_doc(head, doc);
            self.unit.items.push(Item::Definition(Definition { head, object, doc }));
        }
    }

    /// The documentation of a definition, from the comment before it.
    fn definition_doc(&mut self, head: Span, doc: Option<Doc>) -> Option<Doc> {
        let doc = doc?;
        if doc.symbol.is_some() {
            return Some(doc);
        }
        self.diagnostics.push(
            Diagnostic::error(Code::DocNotADefinition, doc.mark, "definition documentation required")
                .label(head, "this definition is not what the comment before it documents")
                .help("begin the comment with a line `# @NAME:`"),
        );
        self.unit.items.push(Item::FreeForm(doc));
        None
    }

    /// Documentation that no definition follows.
    fn leave_doc(&mut self, doc: Option<Doc>) {
        let Some(doc) = doc else { return };
        match &doc.symbol {
            None => self.unit.items.push(Item::FreeForm(doc)),
            Some(symbol) => {
                let message =
                    format!("documentation for '{}' is not followed by the definition", symbol.text);
                let span = symbol.span;
                self.diagnostics.push(
                    Diagnostic::error(Code::DocWithoutDefinition, doc.mark, message)
                        .label(span, "names a definition"),
                );
            }
        }
    }

    fn include(&mut self, head: Span, span: Span, include: &Str) {
        let Some(from) = self.open.last().map(|file| file.id) else { return };
        let path = self.loader.resolve(self.sources.file(from).path(), &include.text);
        let identity = match self.loader.identity(&path) {
            Ok(identity) => identity,
            Err(error) => return self.report_unreadable(head, include, &error),
        };
        let file = match self.known.get(&identity) {
            Some(&known) => {
                if let Some(index) = self.open.iter().position(|file| file.id == known) {
                    return self.report_cycle(head, include, index);
                }
                known
            }
            None => match self.loader.read(&path) {
                Ok(bytes) => {
                    let place = self.unit.items.len();
                    let (text, fault) = decode(bytes, MAX_SIZE);
                    let file = self.take_in(identity, path, text, Some(head));
                    self.open_file(file, fault);
                    let directive = Item::Include(Include { span, path: include.clone(), file });
                    // The file's items follow the directive, which is complete only now.
                    self.unit.items.insert(place, directive);
                    return;
                }
                Err(error) => return self.report_unreadable(head, include, &error),
            },
        };
        self.unit.items.push(Item::Include(Include { span, path: include.clone(), file }));
    }

    fn report_unreadable(&mut self, head: Span, include: &Str, error: &std::io::Error) {
        self.unit.lacks_files = true;
        let message = format!("can't read include file '{}': {error}", include.text);
        let fault = Diagnostic::error(Code::IncludeUnreadable, include.span, message).qemu_at(head);
        self.diagnostics
            .push(fault.label(include.span, "include paths are relative to the file that they stand in"));
    }

    fn report_cycle(&mut self, head: Span, include: &Str, first: usize) {
        let message = format!("inclusion loop for '{}'", include.text);
        let name = self.sources.file(self.open[first].id).name().to_owned();
        let mut fault = Diagnostic::error(Code::IncludeCycle, include.span, message)
            .qemu_at(head)
            .label(include.span, format!("'{name}' is being read already"));
        // The directives from that file to here; of a long chain only the beginning.
        const SHOWN: usize = 5;
        for file in self.open.iter().skip(first + 1).take(SHOWN) {
            if let Some(span) = self.sources.file(file.id).included_at() {
                fault = fault.label(span, "on the way here");
            }
        }
        self.diagnostics.push(fault);
    }
}

/// The reason why the bytes of a file are not a schema.
enum NoText {
    NotUtf8 { at: usize, byte: u8 },
    TooLarge,
}

/// Offsets in files are 32-bit.
const MAX_SIZE: usize = u32::MAX as usize;

/// The text of a file. Bytes that are not UTF-8 are left out.
fn decode(bytes: Vec<u8>, max_size: usize) -> (String, Option<NoText>) {
    if bytes.len() > max_size {
        return (String::new(), Some(NoText::TooLarge));
    }
    match String::from_utf8(bytes) {
        Ok(text) => (lines_ended(text), None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            let byte = bytes[at];
            bytes.truncate(at);
            let text = String::from_utf8(bytes).unwrap_or_default();
            (text, Some(NoText::NotUtf8 { at, byte }))
        }
    }
}

/// A lone carriage return ends a line, as it does for QEMU. The replacement keeps the length, so offsets stay right.
fn lines_ended(text: String) -> String {
    if !text.contains('\r') {
        return text;
    }
    let mut ended = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let lone = character == '\r' && characters.peek() != Some(&'\n');
        ended.push(if lone { '\n' } else { character });
    }
    ended
}

impl NoText {
    fn diagnostic(self, file: FileId) -> Diagnostic {
        match self {
            NoText::NotUtf8 { at, byte } => {
                let message = format!("the file is not UTF-8: unexpected byte 0x{byte:02x}");
                let span = Span::new(file, at as u32, at as u32);
                Diagnostic::error(Code::FileNotUtf8, span, message)
            }
            NoText::TooLarge => {
                let span = Span::new(file, 0, 0);
                Diagnostic::error(
                    Code::FileTooLarge,
                    span,
                    "the file is too large for a schema: 4 GiB or more",
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carriage_return_alone_ends_a_line() {
        for (text, expected) in [("a\rb\r\nc\r\r\n", "a\nb\r\nc\n\r\n"), ("a\r", "a\n"), ("a\r\n", "a\r\n")] {
            assert_eq!(lines_ended(text.to_owned()), expected);
        }
    }

    #[test]
    fn a_file_over_the_limit_is_refused() {
        let (text, fault) = decode(b"{ 'struct': 'A', 'data': {} }".to_vec(), 10);
        let mut sources = Sources::new();
        let file = sources.add(PathBuf::from("large.json"), text, None);
        let diagnostic = fault.expect("the limit is 10 bytes").diagnostic(file);
        insta::assert_snapshot!(diagnostic.to_human(&sources), @r"
        error[file-too-large]: the file is too large for a schema: 4 GiB or more
         --> large.json:1:1
          |
        1 |
          | ^
        ");
    }
}
