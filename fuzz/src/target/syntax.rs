//! The parser of the schema language: what is at fault has a place, and what is accepted is printed so that it reads
//! the same.

use super::checker::{ROOT, loader};
use crate::digest::Digest;
use qapi_gen::Language;
use qapi_gen::stages::diagnostic::Diagnostics;
use qapi_gen::stages::source::Sources;
use qapi_gen::stages::{fmt, syntax};
use std::path::Path;

pub(super) fn run(input: &[u8]) -> Vec<u64> {
    let mut digest = Digest::new();
    for language in Language::ALL {
        let mut sources = Sources::new();
        let mut found = Diagnostics::new();
        let unit = syntax::load(&loader(input), Path::new(ROOT), Some(language), &mut sources, &mut found);
        found.sort();
        digest.scope(language);
        found.iter().for_each(|fault| digest.add_message(&fault.message));
        digest.add_size(unit.items.len());
    }
    if let Ok(text) = std::str::from_utf8(input)
        && let Ok(formatted) = fmt::format(text)
    {
        let again = fmt::format(&formatted).ok();
        assert_eq!(again.as_deref(), Some(&formatted[..]), "what is formatted stays so");
        digest.add("formatted");
    }
    digest.finish()
}
