//! The checker: every fault has a place that can be shown; what is accepted can be looked at.

use crate::digest::Digest;
use qapi_gen::Language;
use qapi_gen::stages::diagnostic::Diagnostics;
use qapi_gen::stages::introspect::{Introspection, Names};
use qapi_gen::stages::loader::MemoryLoader;
use qapi_gen::stages::schema::{self, Loaded, Options};
use qapi_gen::stages::source::Sources;
use std::collections::BTreeSet;

pub(super) const ROOT: &str = "schema.json";

/// The input as a schema that can include itself and one other file.
pub(super) fn loader(input: &[u8]) -> MemoryLoader {
    let other = "{ 'struct': 'Other', 'data': { 'text': 'str' } }\n";
    MemoryLoader::new().file(ROOT, input).file("other.json", other)
}

pub(super) fn load(input: &[u8], language: Language, digest: &mut Digest) -> Option<Loaded> {
    let options = Options { language: Some(language) };
    match schema::load(&loader(input), ROOT, &options) {
        Ok(loaded) => {
            show(&loaded.warnings, &loaded.schema.sources, digest);
            let names: Vec<_> =
                loaded.schema.definitions.iter().map(|it| std::mem::discriminant(&it.kind)).collect();
            names.into_iter().for_each(|kind| digest.add(kind));
            digest.add_size(loaded.schema.definitions.len());
            Some(loaded)
        }
        Err(failure) => {
            assert!(failure.diagnostics.has_errors(), "who refuses says why");
            show(&failure.diagnostics, &failure.sources, digest);
            None
        }
    }
}

fn show(diagnostics: &Diagnostics, sources: &Sources, digest: &mut Digest) {
    diagnostics.iter().for_each(|fault| digest.add_message(&fault.message));
    let human = diagnostics.to_human(sources);
    assert_eq!(human.is_empty(), diagnostics.is_empty(), "every fault is shown");
    for line in diagnostics.to_json(sources).lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("a fault is a line of JSON");
        assert!(value.get("code").is_some(), "a fault has a code");
    }
}

pub(super) fn run(input: &[u8]) -> Vec<u64> {
    let mut digest = Digest::new();
    let named = [Language::V7_2, Language::V10_0, Language::V10_2];
    let accepted = named.map(|language| load(input, language, &mut digest).is_some());
    let any = load(input, Language::Any, &mut digest);
    assert!(any.is_some() || accepted == [false; 3], "what one version accepts is accepted in any");
    if let Some(loaded) = any {
        let json = Introspection::new(&loaded.schema, Names::Masked).decide(&BTreeSet::new()).to_json();
        serde_json::from_str::<serde_json::Value>(&json).expect("introspection is JSON");
        digest.add_size(qapi_gen::stages::lint::lint(&loaded.schema).len());
    }
    digest.finish()
}
