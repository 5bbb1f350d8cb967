//! Short words that templates use for absolute paths.
//!
//! A schema's names may shadow any name of the standard library, so generated code uses absolute paths throughout. In a
//! template, `__Option` is shorter to read and cheaper to build than `::core::option::Option`; the printer writes the
//! path. No name of a schema is such a word: if one begins with two underscores, no capital follows.

use proc_macro2::{Ident, Span};
use std::borrow::Cow;
use std::cell::RefCell;

/// The runtime, whose path is an option.
const RUNTIME: &str = "__Rt";

/// The other words, sorted, with their paths.
const WORDS: [(&str, &str); 15] = [
    ("__Arc", "::std::sync::Arc"),
    ("__Box", "::std::boxed::Box"),
    ("__Clone", "::core::clone::Clone"),
    ("__Err", "::core::result::Result::Err"),
    ("__From", "::core::convert::From"),
    ("__Future", "::core::future::Future"),
    ("__Into", "::core::convert::Into"),
    ("__None", "::core::option::Option::None"),
    ("__Ok", "::core::result::Result::Ok"),
    ("__Option", "::core::option::Option"),
    ("__Send", "::core::marker::Send"),
    ("__Some", "::core::option::Option::Some"),
    ("__String", "::std::string::String"),
    ("__Sync", "::core::marker::Sync"),
    ("__Vec", "::std::vec::Vec"),
];

/// The path of a word; `None` for any other word.
pub(super) fn path<'a>(word: &str, runtime: &'a str) -> Option<&'a str> {
    if !word.starts_with("__") {
        None
    } else if word == RUNTIME {
        Some(runtime)
    } else {
        let index = WORDS.binary_search_by_key(&word, |(known, _)| known).ok()?;
        Some(WORDS[index].1)
    }
}

/// The prefix of words for documentation; a number follows.
const DOC: &str = "__Doc";

/// The word for the documentation with this number, which is passed beside the tokens: as a literal it would be escaped
/// only to be parsed again.
fn doc(number: usize) -> Ident {
    Ident::new(&format!("{DOC}{number}"), Span::call_site())
}

/// The documentation of tokens, in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Docs(RefCell<Vec<Cow<'static, str>>>);

impl Docs {
    /// Adds a text, and returns the word for it.
    pub(super) fn add(&self, text: impl Into<Cow<'static, str>>) -> Ident {
        let mut texts = self.0.borrow_mut();
        texts.push(text.into());
        doc(texts.len() - 1)
    }

    /// The texts so far, which are no longer kept.
    pub(super) fn take(&self) -> Vec<Cow<'static, str>> {
        self.0.take()
    }
}

/// The number in a word for documentation.
pub(super) fn doc_number(word: &str) -> Option<u32> {
    word.strip_prefix(DOC)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found() {
        for (word, stands_for) in WORDS {
            assert_eq!(path(word, "::rt"), Some(stands_for));
        }
        assert_eq!(path("__Rt", "::rt"), Some("::rt"));
        assert_eq!(path("__Module", "::rt"), None);
        assert_eq!(path("Option", "::rt"), None);
        assert_eq!(doc_number(&doc(17).to_string()), Some(17));
    }
}
