//! One side of the comparison: a schema file, a file in a git revision, or an answer.

use crate::cli::manner::Manner;
use crate::cli::{live, report, revision};
use qapi_gen::Language;
use qapi_gen::stages::compat::report::Side;
use qapi_gen::stages::compat::{Docs, Release};
use qapi_gen::stages::loader::{DiskLoader, GitLoader, Loader, last_tag};
use qapi_gen::stages::schema::{self, Version};
use qapi_gen::stages::source::Sources;
use qapi_gen::stages::wire::{Wire, is_answer};
use std::collections::BTreeSet;
use std::fmt::Display;
use std::io;
use std::path::Path;

/// One side, loaded.
pub(super) struct Input {
    name: String,
    pub(super) wire: Wire,
    docs: Option<Docs>,
    /// The newest version that its documentation names.
    pub(super) newest: Option<Version>,
    sources: Option<Sources>,
    /// The defines that conditions ask for.
    asked: BTreeSet<String>,
}

impl Input {
    /// Reads the schema or answer that the user named. If that fails, prints the reason to standard error.
    pub(super) fn open(name: &str, manner: Manner) -> Option<Self> {
        let path = Path::new(name);
        match revised(path, name) {
            Some((revision, file)) => Self::open_revised(name, revision, file, manner),
            None => Self::read(name, &DiskLoader, path, manner),
        }
    }

    /// Reads what the last tag has in place of the schema that the user named.
    pub(super) fn open_tagged(name: &str, manner: Manner) -> Option<Self> {
        let path = Path::new(name);
        let revised = revised(path, name);
        let folder = if revised.is_some() { Path::new(".") } else { revision::folder(path) };
        let tag = match last_tag(folder) {
            Ok(tag) => tag,
            Err(error) => {
                eprintln!("qapi-gen: cannot compare {name}: {error}; {TAG_HELP}");
                return None;
            }
        };
        let tagged = format!("{tag}:{}", revised.map_or(name, |(_, file)| file));
        if let Some((_, file)) = revised {
            return Self::open_revised(&tagged, &tag, file, manner);
        }
        match revision::counterpart(path, &tag) {
            Ok((loader, path)) => Self::read(&tagged, &loader, &path, manner),
            Err(error) => refuse(&tagged, error),
        }
    }

    fn open_revised(name: &str, revision: &str, file: &str, manner: Manner) -> Option<Self> {
        let loader = match GitLoader::open(Path::new("."), revision) {
            Ok(loader) => loader,
            Err(error) => {
                let help = "REVISION:PATH is looked for in the git repository around this folder";
                return refuse(name, format!("{error}; {help}"));
            }
        };
        let path = loader.path(file);
        Self::read(name, &loader, &path, manner)
    }

    /// Asks a running server.
    pub(super) fn ask(address: &str) -> Option<Self> {
        match live::ask(address) {
            Ok(text) => Self::answer(address, &text),
            Err(error) => {
                eprintln!("qapi-gen: cannot ask {address}: {error}");
                None
            }
        }
    }

    fn read(name: &str, loader: &dyn Loader, path: &Path, manner: Manner) -> Option<Self> {
        let bytes = match loader.read(path) {
            Ok(bytes) => bytes,
            Err(error) => return refuse(name, format!("{error}{}", help(name, &error))),
        };
        if is_answer(&bytes) {
            return match String::from_utf8(bytes) {
                Ok(text) => Self::answer(name, &text),
                Err(error) => refuse(name, error),
            };
        }
        // Versions of the language differ mostly in documentation, which a comparison ignores: accept every form.
        let options = schema::Options { language: Some(Language::Any) };
        match qapi_gen::stages::load(loader, path, &options) {
            Ok(loaded) => {
                let wire = Wire::with_unreached(&loaded.schema);
                let asked = loaded.schema.defines().into_iter().map(str::to_owned).collect();
                let docs = Some(Docs::of(&loaded.schema));
                let newest = qapi_gen::stages::newest_version(&loaded.schema);
                Some(Input {
                    name: name.to_owned(),
                    wire,
                    docs,
                    newest,
                    sources: Some(loaded.schema.sources),
                    asked,
                })
            }
            Err(failure) => {
                let human = report::Format::Human;
                report::diagnostics(&failure.diagnostics, &failure.sources, human, manner);
                None
            }
        }
    }

    fn answer(name: &str, text: &str) -> Option<Self> {
        match Wire::from_answer(text) {
            Ok(wire) => Some(Input {
                name: name.to_owned(),
                wire,
                docs: None,
                newest: None,
                sources: None,
                asked: BTreeSet::new(),
            }),
            Err(error) => refuse(name, error),
        }
    }

    /// The side as it is compared, with its documentation if the user asks for that.
    pub(super) fn release(&self, docs: bool) -> Release<'_> {
        Release { wire: &self.wire, docs: self.docs.as_ref().filter(|_| docs) }
    }

    pub(super) fn decide(self, defines: &BTreeSet<String>) -> Self {
        Input { wire: self.wire.decide(defines), ..self }
    }

    pub(super) fn has_conditions(&self) -> bool {
        self.wire.has_conditions()
    }

    /// Whether a condition of this side asks for the define.
    pub(super) fn asks_for(&self, define: &str) -> bool {
        self.asked.contains(define)
    }

    pub(super) fn side(&self) -> Side<'_> {
        Side { name: &self.name, sources: self.sources.as_ref() }
    }
}

const TAG_HELP: &str =
    "--against-tag looks for the last tag before the current commit; a shallow clone may lack it";

/// The revision and the path that a name consists of. An existing file takes precedence, since its name may contain a colon.
fn revised<'a>(path: &Path, name: &'a str) -> Option<(&'a str, &'a str)> {
    name.split_once(':').filter(|_| !path.exists())
}

/// A hint for the error message: what the user should write instead.
fn help(name: &str, error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound if !name.contains(':') => {
            "; name a schema file, a saved answer to query-qmp-schema, or REVISION:PATH"
        }
        io::ErrorKind::IsADirectory => "; name the schema's root file",
        io::ErrorKind::Other if name.contains(':') => {
            "; paths start at the top of the repository, or with `./` in this folder"
        }
        _ => "",
    }
}

fn refuse<T>(name: &str, error: impl Display) -> Option<T> {
    eprintln!("qapi-gen: cannot read {name}: {error}");
    None
}
