//! The context of all checks.

use super::draft::Site;
use super::suggest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::language::Language;
use crate::source::{Sources, Span};
use crate::syntax::ast::{Pragmas, Str};
use std::collections::HashSet;
use std::iter;

/// The most names that a run compares for "did you mean". The limit keeps a schema in which every name is misspelt to
/// seconds.
const SUGGESTION_BUDGET: usize = 1_000_000;

/// The most cases that a run tries to compare conditions, for the same reason.
const IMPLICATION_BUDGET: usize = 2_000_000;

/// The sources, the pragmas, and the diagnostics so far.
pub(super) struct Context<'a> {
    pub(super) sources: &'a Sources,
    pub(super) pragmas: Exceptions<'a>,
    pub(super) language: Language,
    pub(super) found: Diagnostics,
    suggestions: usize,
    /// How many cases are left to compare conditions.
    pub(super) implications: usize,
}

/// The pragmas, as sets for the checks.
pub(super) struct Exceptions<'a> {
    pub(super) doc_required: bool,
    pub(super) command_names: HashSet<&'a str>,
    pub(super) command_returns: HashSet<&'a str>,
    pub(super) documentation: HashSet<&'a str>,
    pub(super) member_names: HashSet<&'a str>,
}

impl<'a> Exceptions<'a> {
    fn new(pragmas: &'a Pragmas) -> Self {
        fn set(names: &[Str]) -> HashSet<&str> {
            names.iter().map(|name| name.text.as_str()).collect()
        }
        Exceptions {
            doc_required: pragmas.doc_required,
            command_names: set(&pragmas.command_name_exceptions),
            command_returns: set(&pragmas.command_returns_exceptions),
            documentation: set(&pragmas.documentation_exceptions),
            member_names: set(&pragmas.member_name_exceptions),
        }
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(
        sources: &'a Sources,
        pragmas: &'a Pragmas,
        language: Language,
        found: Diagnostics,
    ) -> Self {
        Context {
            sources,
            pragmas: Exceptions::new(pragmas),
            language,
            found,
            suggestions: SUGGESTION_BUDGET,
            implications: IMPLICATION_BUDGET,
        }
    }

    /// The name that the author probably meant by `name`.
    pub(super) fn nearest<'n>(
        &mut self,
        name: &str,
        candidates: impl IntoIterator<Item = &'n str>,
    ) -> Option<&'n str> {
        let mut candidates = candidates.into_iter();
        let affordable = iter::from_fn(|| {
            self.suggestions = self.suggestions.checked_sub(1)?;
            candidates.next()
        });
        suggest::nearest(name, affordable)
    }

    /// Reports an error in a definition.
    pub(super) fn error(&mut self, site: &Site<'_>, code: Code, at: Span, message: String, label: &str) {
        let diagnostic = self.fault(site, code, at, message, label);
        self.found.push(diagnostic);
    }

    /// An error in a definition, at the token at fault. QEMU reports every error in a definition at its first line, so
    /// the diagnostic has that place too.
    pub(super) fn fault(
        &self,
        site: &Site<'_>,
        code: Code,
        at: Span,
        message: String,
        label: &str,
    ) -> Diagnostic {
        let line = |span: Span| (span.file, self.sources.file(span.file).line_of(span.start));
        let diagnostic = Diagnostic::error(code, at, message).label(at, label);
        if line(at) == line(site.head) {
            return diagnostic;
        }
        diagnostic.label(site.name.span, format!("in this {}", site.kind.key())).qemu_at(site.head)
    }
}
