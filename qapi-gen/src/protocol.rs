//! The protocol's own modules, which the runtime serves: `control.json` and `introspect.json`.
//!
//! The code of a schema that includes them uses the runtime's types, if its definitions are the same. A schema that
//! defines nothing of them has them added, since every QMP server answers `qmp_capabilities` and `query-qmp-schema`.
//! The schema of a guest agent does not, since its dialect has no negotiation.

use crate::language::Language;
use crate::loader::{Loader, MemoryLoader};
use crate::rust::{self, ExternModule, Options};
use crate::schema::{self, Definition, DefinitionKind, Dialect, Loaded, Schema};
use crate::source::Sources;
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The modules: file name and text, copies of the files in `schemas/` that the runtime is generated from.
const MODULES: [(&str, &str); 2] = [
    ("control.json", include_str!("../protocol/control.json")),
    ("introspect.json", include_str!("../protocol/introspect.json")),
];

/// A virtual folder with the modules, for schemas that lack them.
const FOLDER: &str = "<qapi-gen>";

/// The files that were read from disk: all except the built-in modules, which cannot change.
pub(crate) fn on_disk(sources: &Sources) -> impl Iterator<Item = &Path> {
    sources.files().map(|(_, file)| file.path()).filter(|path| !is_built_in(path))
}

/// Whether a file is one of the built-in modules.
fn is_built_in(path: &Path) -> bool {
    path.starts_with(FOLDER)
}

/// The definitions of a schema's own files, without those that were added.
pub(crate) fn own(schema: &Schema) -> impl Iterator<Item = &Definition> {
    let file = |definition: &Definition| schema.sources.file(definition.span.file).path();
    schema.definitions.iter().filter(move |definition| !is_built_in(file(definition)))
}

/// Whether the schema defines nothing of the protocol's modules and should have them added.
pub(crate) fn lacks(schema: &Schema) -> bool {
    let names: HashSet<&str> = schema.definitions.iter().map(|definition| &definition.name[..]).collect();
    schema.dialect() == Dialect::Monitor
        && !BUILT_IN.definitions.iter().any(|own| names.contains(&own.name[..]))
}

/// Makes the generated code use the runtime's types for the modules, where the schema's definitions are the same.
pub(crate) fn preset(options: &mut Options) {
    for (id, module) in BUILT_IN.modules.entries() {
        let Some((name, _)) = MODULES.iter().find(|(name, _)| module.name.ends_with(name)) else { continue };
        let path = format!("{}::{}", options.runtime_path, name.trim_end_matches(".json"));
        let mut preset = ExternModule::new(*name, path);
        preset.fingerprint = Some(rust::fingerprint(&BUILT_IN, id));
        preset.preset = true;
        options.extern_modules.push(preset);
    }
}

/// The modules as a schema of their own, parsed once: a build script may compile several schemas.
static BUILT_IN: LazyLock<Schema> = LazyLock::new(|| {
    let loader = MemoryLoader::new().file("root.json", includes(None));
    // Resolved as the loader of a user's schema resolves them.
    let loader =
        WithProtocol { inner: &loader, texts: HashMap::new(), root: PathBuf::new(), includes: String::new() };
    match schema::load(&loader, Path::new("root.json"), &schema::Options::default()) {
        Ok(Loaded { schema, .. }) => schema,
        Err(failure) => {
            unreachable!(
                "the built-in modules are tested: {}",
                failure.diagnostics.to_human(&failure.sources)
            )
        }
    }
});

/// The text that includes the modules. Its pragma excuses their one name in an old style and repeats the exceptions of
/// `schema`, because a later pragma replaces an earlier one.
fn includes(schema: Option<&Schema>) -> String {
    let mut excused = vec!["'qmp_capabilities'".to_owned()];
    let named = schema.iter().flat_map(|schema| &schema.definitions);
    let old = named.filter(|it| matches!(it.kind, DefinitionKind::Command(_)) && it.name.contains('_'));
    excused.extend(old.map(|it| format!("'{}'", it.name)));
    let excused = excused.join(", ");
    let directive = |(name, _)| format!("{{ 'include': '{FOLDER}/{name}' }}");
    format!(
        "\n{{ 'pragma': {{ 'command-name-exceptions': [ {excused} ] }} }}{}",
        MODULES.map(directive).concat()
    )
}

/// Serves a schema once more, with includes of the protocol's modules after the root file's text. Its own files are not
/// read again.
///
/// The root's own text comes first, so the places in diagnostics stay right.
pub(crate) struct WithProtocol<'a> {
    inner: &'a dyn Loader,
    /// The texts of the files that were read, by path.
    texts: HashMap<&'a Path, &'a str>,
    root: PathBuf,
    includes: String,
}

impl<'a> WithProtocol<'a> {
    /// # Errors
    ///
    /// If the root file is gone.
    pub(crate) fn new(inner: &'a dyn Loader, root: &Path, schema: &'a Schema) -> io::Result<Self> {
        let texts = schema.sources.files().map(|(_, file)| (file.path(), file.text())).collect();
        Ok(Self { inner, texts, root: inner.identity(root)?, includes: includes(Some(schema)) })
    }
}

impl Loader for WithProtocol<'_> {
    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        if is_built_in(path) { Ok(path.to_owned()) } else { self.inner.identity(path) }
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if is_built_in(path) {
            let module = MODULES.iter().find(|(name, _)| path.ends_with(name));
            return module
                .map(|(_, text)| text.as_bytes().to_vec())
                .ok_or_else(|| io::ErrorKind::NotFound.into());
        }
        let mut text = match self.texts.get(path) {
            Some(text) => text.as_bytes().to_vec(),
            None => self.inner.read(path)?,
        };
        if self.inner.identity(path)? == self.root {
            text.extend(self.includes.bytes());
        }
        Ok(text)
    }

    fn language(&self, path: &Path) -> Option<Language> {
        if is_built_in(path) { Some(Language::Any) } else { self.inner.language(path) }
    }

    fn resolve(&self, from: &Path, include: &str) -> PathBuf {
        if include.starts_with(FOLDER) { PathBuf::from(include) } else { self.inner.resolve(from, include) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Schema {
        let loader = MemoryLoader::new().file("test.json", text);
        let loaded = schema::load(&loader, Path::new("test.json"), &schema::Options::default());
        loaded.expect("the schema is right").schema
    }

    #[test]
    fn a_schema_of_ones_own_lacks_them() {
        assert!(lacks(&load("{ 'command': 'hello' }")));
        assert!(!lacks(&load("{ 'command': 'quit' }")));
        assert!(!lacks(&load("{ 'command': 'guest-sync-delimited' }")));
    }

    #[test]
    fn they_are_added_at_the_end_of_the_root() {
        let text = "{ 'pragma': { 'command-name-exceptions': [ 'say_it' ] } }
                    { 'command': 'hello' }{ 'command': 'say_it' }";
        let inner = MemoryLoader::new().file("/a/test.json", text);
        let schema = load(text);
        let loader =
            WithProtocol::new(&inner, Path::new("/a/test.json"), &schema).expect("the root is there");
        let loaded = schema::load(&loader, Path::new("/a/test.json"), &schema::Options::default());
        let schema = loaded.expect("the schema is right").schema;
        assert_eq!(schema.definitions.first().map(|first| &first.name[..]), Some("hello"));
        assert!(schema.definitions.iter().any(|definition| definition.name == "query-qmp-schema"));
        assert!(schema.modules.iter().any(|module| module.name.ends_with("/control.json")));
    }

    #[test]
    fn they_are_right_in_every_language() {
        let inner = MemoryLoader::new().file("test.json", "{ 'command': 'hello' }");
        let root = Path::new("test.json");
        let schema = load("{ 'command': 'hello' }");
        let loader = WithProtocol::new(&inner, root, &schema).expect("the root is there");
        for language in Language::ALL {
            let loaded = schema::load(&loader, root, &schema::Options { language: Some(language) });
            let faults = loaded.map_err(|failure| failure.diagnostics.to_human(&failure.sources)).err();
            assert_eq!(faults, None, "{language}");
        }
    }

    #[test]
    fn both_modules_are_preset() {
        let mut options = Options::default();
        preset(&mut options);
        let paths: Vec<_> = options.extern_modules.iter().map(|module| &module.path[..]).collect();
        assert_eq!(paths, ["::qapi_runtime::control", "::qapi_runtime::introspect"]);
    }
}
