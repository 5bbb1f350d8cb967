use super::{load_files, load_text};
use crate::language::Language;
use crate::loader::MemoryLoader;

#[test]
fn deep_brackets_are_an_error() {
    for open in ["[", "{ 'a': ", "[ { 'a': ", "{", "[\n", "{\n"] {
        let loaded = load_text(&format!("{{ 'struct': {}", open.repeat(100_000)));
        assert!(loaded.diagnostics.has_errors(), "{open}");
        assert!(!loaded.diagnostics.to_human(&loaded.sources).is_empty());
    }
}

#[test]
fn brackets_may_be_nested_as_deep_as_is_said() {
    let nested = |depth: usize| load_text(&format!("{{ 'a': {}{} }}", "[".repeat(depth), "]".repeat(depth)));
    assert_eq!(nested(199).found(), [""; 0]);
    assert_eq!(nested(200).found(), ["too-deep at root.json:1:207"]);
}

#[test]
fn includes_may_be_nested_a_thousand_deep() {
    let mut files = MemoryLoader::new().file("root.json", "{ 'include': '0.json' }");
    for number in 0..2000 {
        files = files.file(format!("{number}.json"), format!("{{ 'include': '{}.json' }}", number + 1));
    }
    let loaded = load_files(&files.clone().file("2000.json", "{ 'struct': 'A' }"), Language::V10_0);
    assert_eq!(loaded.found(), [""; 0]);
    assert_eq!(loaded.definitions(), ["A"]);

    let loaded = load_files(&files.file("2000.json", "{ 'include': '0.json' }"), Language::V10_0);
    assert_eq!(loaded.found(), ["include-cycle at 2000.json:1:14"]);
    let text = loaded.diagnostics.to_human(&loaded.sources);
    assert!(text.contains("... through 1991 more files ..."), "{text}");
}

/// A line is tokenised in pieces, but a token that crosses two pieces is not split.
#[test]
fn lines_may_be_long() {
    let long = "x".repeat(200_000);
    let many = "'a', ".repeat(40_000);
    let loaded =
        load_text(&format!("{{ 'struct': '{long}', 'data': [ {many} '{long}', true, 'ä' ] }} # {long}"));
    assert_eq!(loaded.found(), ["non-printable-string at root.json:1:600039"]);
}

#[test]
fn the_number_of_errors_in_a_file_is_limited() {
    let loaded = load_text(&"{ 'a' }\n".repeat(10_000));
    assert_eq!(loaded.diagnostics.len(), 501);
    let loaded = load_text(&format!("{{ 'a': [ {} 2 ] }}", "1, ".repeat(10_000)));
    assert_eq!(loaded.diagnostics.len(), 501);
}
