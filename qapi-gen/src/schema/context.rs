//! What all checks share.

use super::draft::Site;
use super::suggest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::language::Language;
use crate::source::{Sources, Span};
use crate::syntax::ast::{Pragmas, Str};
use std::collections::HashSet;
use std::iter;

/// How many names are compared at most in a run for "did you mean": a schema in which everything is misspelt gets
/// its answer in seconds too.
const SUGGESTION_BUDGET: usize = 1_000_000;

/// Likewise for comparing conditions.
const IMPLICATION_BUDGET: usize = 2_000_000;

/// The sources, the pragmas, and what was found so far.
pub(super) struct Context<'a> {
    pub(super) sources: &'a Sources,
    pub(super) pragmas: Exceptions<'a>,
    pub(super) language: Language,
    pub(super) found: Diagnostics,
    suggestions: usize,
    /// How many cases may still be tried to compare conditions.
    pub(super) implications: usize,
}

/// The pragmas in the form in which checks ask for them.
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

    /// What `name` was probably meant to be.
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

    /// An error in a definition: at the token that is at fault. QEMU reports every fault of a definition at the
    /// definition's first line, which is said, too.
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
