//! The whole stage: from files to the syntax tree.

use super::ast::{Item, Unit};
use super::load;
use crate::diagnostic::Diagnostics;
use crate::language::Language;
use crate::loader::MemoryLoader;
use crate::source::Sources;
use std::path::Path;

mod doc;
mod files;
mod limits;
mod recovery;

struct Loaded {
    unit: Unit,
    sources: Sources,
    diagnostics: Diagnostics,
}

impl Loaded {
    /// `code at file:line:column` of all diagnostics.
    fn found(&self) -> Vec<String> {
        let place = |diagnostic: &crate::diagnostic::Diagnostic| match diagnostic.focus(&self.sources) {
            Some(span) => {
                let location = self.sources.locate(span);
                let name = self.sources.file(span.file).name();
                format!("{} at {name}:{}:{}", diagnostic.code, location.line, location.column)
            }
            None => diagnostic.code.to_string(),
        };
        self.diagnostics.iter().map(place).collect()
    }

    /// The names of the definitions, in order.
    fn definitions(&self) -> Vec<&str> {
        let name = |item: &'_ Item| match item {
            Item::Definition(definition) => {
                let value = &definition.object.members[0].value;
                Some(self.sources.text(value.span()).trim_matches('\'').to_owned())
            }
            _ => None,
        };
        self.unit.items.iter().filter_map(name).map(|name| &*name.leak()).collect()
    }
}

fn load_files(files: &MemoryLoader, language: Language) -> Loaded {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let unit = load(files, Path::new("root.json"), Some(language), &mut sources, &mut diagnostics);
    diagnostics.sort();
    Loaded { unit, sources, diagnostics }
}

fn load_text(text: &str) -> Loaded {
    load_as(Language::V10_0, text)
}

fn load_as(language: Language, text: &str) -> Loaded {
    load_files(&MemoryLoader::new().file("root.json", text), language)
}
