use super::{Item, Loaded, load_files};
use crate::language::Language;
use crate::loader::MemoryLoader;
use std::fmt::Write;

/// The items, in short.
fn items(loaded: &Loaded) -> String {
    let mut text = String::new();
    let module = |id| loaded.sources.module_name(id);
    for item in &loaded.unit.items {
        let _ = match item {
            Item::Module(id) => writeln!(text, "module {}", module(*id)),
            Item::Include(include) => writeln!(text, "include {}", module(include.file)),
            Item::Definition(definition) => {
                writeln!(
                    text,
                    "definition {}",
                    loaded.sources.text(definition.object.members[0].value.span())
                )
            }
            Item::FreeForm(_) => writeln!(text, "text"),
        };
    }
    text
}

#[test]
fn included_files_stand_behind_the_first_directive() {
    let files = MemoryLoader::new()
        .file("root.json", "{ 'struct': 'A' }\n{ 'include': 'sub/x.json' }\n{ 'include': './sub/../y.json' }\n{ 'struct': 'B' }")
        .file("sub/x.json", "{ 'include': '../y.json' }\n##\n# Text\n##\n{ 'include': '../y.json' }\n{ 'struct': 'X' }")
        .file("y.json", "{ 'struct': 'Y' }");
    let loaded = load_files(&files, Language::V10_0);
    assert_eq!(loaded.found(), [""; 0]);
    insta::assert_snapshot!(items(&loaded), @r"
    module root.json
    definition 'A'
    include sub/x.json
    module sub/x.json
    include y.json
    module y.json
    definition 'Y'
    text
    include y.json
    definition 'X'
    include y.json
    definition 'B'
    ");
}

/// As in QEMU, pragmas apply to the whole schema, and a list replaces an earlier one.
#[test]
fn the_last_pragma_of_all_files_applies() {
    let files = MemoryLoader::new()
        .file("root.json", "{ 'include': 'a.json' }\n{ 'pragma': { 'member-name-exceptions': [ 'B' ] } }")
        .file("a.json", "{ 'pragma': { 'doc-required': true, 'member-name-exceptions': [ 'A' ] } }");
    let loaded = load_files(&files, Language::V10_0);
    assert_eq!(loaded.found(), [""; 0]);
    assert!(loaded.unit.pragmas.doc_required);
    let names: Vec<_> =
        loaded.unit.pragmas.member_name_exceptions.iter().map(|name| name.text.as_str()).collect();
    assert_eq!(names, ["B"]);
}

#[test]
fn a_file_must_not_include_itself() {
    let files = MemoryLoader::new().file("root.json", "\n{ 'include': './root.json' }\n{ 'struct': 'A' }");
    let loaded = load_files(&files, Language::V10_0);
    assert_eq!(loaded.found(), ["include-cycle at root.json:2:14"]);
    assert_eq!(loaded.definitions(), ["A"]);
}

#[test]
fn faults_in_included_files_are_reported_there() {
    let files = MemoryLoader::new()
        .file("root.json", "# first\n{ 'include': 'a.json' }\n{ 'wrong' }")
        .file("a.json", "{ 'include': 'not-there.json' }\n{ 'wrong' }");
    let loaded = load_files(&files, Language::V10_0);
    assert_eq!(
        loaded.found(),
        [
            "unexpected-token at root.json:3:11",
            "include-unreadable at a.json:1:14",
            "unexpected-token at a.json:2:11"
        ]
    );
    let text = loaded.diagnostics.to_human(&loaded.sources);
    assert!(text.contains("included from root.json:2"), "{text}");
}

#[test]
fn a_root_that_is_not_there_is_an_error_of_that_file() {
    let loaded = load_files(&MemoryLoader::new(), Language::V10_0);
    assert!(loaded.diagnostics.unreadable());
    insta::assert_snapshot!(loaded.diagnostics.to_human(&loaded.sources), @"error[unreadable-file]: can't read schema file 'root.json': no such file");
}
