//! Schemas made of answers to query-qmp-schema: introspection of what was imported equals the answer.

#[path = "import/random.rs"]
mod random;

use proptest::prelude::*;
use qapi_gen::stages::compose::Layout;
use qapi_gen::stages::import::{Imported, Names, Summary, import};
use qapi_gen::stages::introspect::{self, Introspection};
use qapi_gen::stages::loader::{DiskLoader, MemoryLoader};
use qapi_gen::stages::schema::{self, Options, Schema};
use qapi_test_support::answer;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn load(imported: &Imported) -> Schema {
    let files = imported.files.iter();
    let loader = files.fold(MemoryLoader::new(), |loader, file| loader.file(&file.path, file.text.as_str()));
    let loaded = schema::load(&loader, Path::new("qapi-schema.json"), &Options::default());
    loaded.unwrap_or_else(|failure| panic!("{}", failure.diagnostics.to_human(&failure.sources))).schema
}

/// What a server of the schema answers.
fn introspect(schema: &Schema) -> String {
    Introspection::new(schema, introspect::Names::Masked).decide(&BTreeSet::new()).to_json()
}

/// The schemas that may give names.
fn schemas(data: &Path) -> Vec<(String, Schema)> {
    let folders = folders(data).into_iter().map(|folder| folder.join("qapi/qapi-schema.json"));
    let roots = folders.filter(|root| root.exists());
    roots
        .map(|root| {
            let loaded = schema::load(&DiskLoader, &root, &Options::default());
            (root.display().to_string(), loaded.expect("QEMU's schema is accepted").schema)
        })
        .collect()
}

/// The folders of the versions.
fn folders(data: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// What real servers answered.
fn answers(data: &Path) -> Vec<(String, String)> {
    let folders = folders(data).into_iter().filter_map(|folder| folder.join("introspect").read_dir().ok());
    let files = folders.flatten().map(|entry| entry.expect("an entry").path());
    let answers = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let read = |path: PathBuf| (path.display().to_string(), std::fs::read_to_string(&path).expect("text"));
    answers.map(read).collect()
}

fn assert_law(what: &str, answer: &str, names: &[Names<'_>]) -> Summary {
    let [single, modules] = [Layout::Single, Layout::Modules].map(|layout| {
        let imported = import(answer, names, layout).unwrap_or_else(|error| panic!("{what}: {error}"));
        let found = introspect(&load(&imported));
        let compared = answer::compare(answer, &found).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(compared > 1, "{what}: nothing was compared");
        imported.summary
    });
    assert_eq!(single, modules);
    single
}

#[test]
fn what_real_servers_answer_comes_back() {
    let Some(data) = qapi_test_support::conformance_data(".") else { return };
    let (answers, schemas) = (answers(&data), schemas(&data));
    if answers.is_empty() || schemas.is_empty() {
        return qapi_test_support::skipped(
            "import of real answers",
            "the data has no answers, or no schemas",
        );
    }
    for (path, answer) in &answers {
        let bare = assert_law(path, answer, &[]);
        assert_eq!(bare.conflicts, [] as [String; 0]);
        assert!(bare.wide, "{path} has integers");
        for (label, schema) in &schemas {
            let summary = assert_law(path, answer, &[Names { label, schema }]);
            assert!(summary.placed < bare.placed / 2, "{label} names most types: {summary}");
            let own = label.contains("10.0.2") && path.contains("10.0.2");
            assert!(!own || !summary.wide, "the schema of the server's version has all widths: {summary}");
        }
    }
}

/// A schema of one file.
fn parse(text: &str) -> Schema {
    let loader = MemoryLoader::new().file("root.json", text);
    let loaded = schema::load(&loader, Path::new("root.json"), &Options::default());
    loaded.unwrap_or_else(|failure| panic!("{}", failure.diagnostics.to_human(&failure.sources))).schema
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_random_servers_answer_comes_back(text in random::schema()) {
        let schema = parse(&text);
        let answer = introspect(&schema);
        assert_law("random", &answer, &[]);
        let summary = assert_law("random", &answer, &[Names { label: "names", schema: &schema }]);
        // An answer does not tell the empty type from structs without members. One may be taken for the other.
        prop_assert!(summary.placed <= 1, "types have no names: {}", summary);
    }
}
