//! Whatever the bytes are, the front end answers.

use proptest::prelude::*;
use qapi_gen::Language;
use qapi_gen::stages::diagnostic::Diagnostics;
use qapi_gen::stages::loader::MemoryLoader;
use qapi_gen::stages::source::Sources;
use qapi_gen::stages::syntax::load;
use std::path::Path;

/// Loads and renders; the number of items that were read.
fn answer(bytes: &[u8], language: Language) -> usize {
    let files = MemoryLoader::new().file("root.json", bytes);
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let unit = load(&files, Path::new("root.json"), Some(language), &mut sources, &mut diagnostics);
    diagnostics.sort();
    assert_eq!(diagnostics.to_human(&sources).is_empty(), diagnostics.is_empty());
    assert_eq!(diagnostics.to_json(&sources).lines().count(), diagnostics.len());
    for diagnostic in &diagnostics {
        assert!(diagnostic.focus(&sources).is_some(), "a fault of a file that can be read has a place in it");
    }
    unit.items.len()
}

fn languages() -> impl Strategy<Value = Language> {
    prop::sample::select(Language::ALL.to_vec())
}

/// Pieces of schemas: random bytes alone hardly ever get past the first token.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{ 'struct': 'A', 'data': {} }\n"),
        Just("{ 'include': 'root.json' }\n"),
        Just("{ 'pragma': { 'doc-required': true } }\n"),
        Just("##\n"),
        Just("# @a:\n"),
        Just("# @a: text\n"),
        Just("#     indented\n"),
        Just("# Features:\n"),
        Just("# Note: text\n"),
        Just("# Since: 1\n"),
        Just("# = Heading\n"),
        Just("#\n"),
        Just("#x\n"),
        Just("\n"),
        Just("\r\n"),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(":"),
        Just(","),
        Just("'a'"),
        Just("'\\\\'"),
        Just("'\\x'"),
        Just("'"),
        Just("true"),
        Just("12"),
        Just("ä"),
        Just(" "),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn random_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400), language in languages()) {
        answer(&bytes, language);
    }

    #[test]
    fn random_text_gets_an_answer(text in "\\PC{0,200}", language in languages()) {
        answer(text.as_bytes(), language);
    }

    #[test]
    fn pieces_of_schemas_get_an_answer(text in pieces(), language in languages()) {
        let items = answer(text.as_bytes(), language);
        prop_assert!(items >= 1, "the file itself is an item");
    }
}
