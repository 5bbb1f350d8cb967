//! Shared parts of the checks that need other definitions.

use super::context::Context;
use super::draft::{Draft, Drafts};
use super::hierarchy::Hierarchy;
use super::symbols::Symbols;
use super::{DefId, TypeName};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::Str;

/// All definitions, and the context that collects errors in them.
pub(super) struct Checker<'c, 'a> {
    pub(super) cx: &'c mut Context<'a>,
    pub(super) symbols: &'c Symbols<'a>,
    pub(super) drafts: &'c Drafts<'a>,
    pub(super) hierarchy: &'c Hierarchy<'c, 'a>,
}

impl<'c, 'a> Checker<'c, 'a> {
    /// The type with this name; reports an error if there is none. `what` is the part of `draft` that refers to it.
    pub(super) fn resolve(&mut self, draft: &Draft<'_>, name: &Str, what: &str) -> Option<TypeName> {
        self.symbols.resolve(self.cx, &draft.site, name, what)
    }

    /// The definition with this name, if it is a type.
    pub(super) fn defined(&self, name: &Str) -> Option<DefId> {
        match self.symbols.find(&name.text)? {
            TypeName::Defined(id) => Some(id),
            TypeName::Builtin(_) => None,
        }
    }

    /// The kind of a defined type, for messages.
    pub(super) fn draft(&self, ty: TypeName) -> Option<&'c Draft<'a>> {
        match ty {
            TypeName::Defined(id) => Some(&self.drafts[id]),
            TypeName::Builtin(_) => None,
        }
    }

    /// `built-in type 'int'`, `struct 'Name'`
    pub(super) fn describe(&self, ty: TypeName) -> String {
        match ty {
            TypeName::Builtin(builtin) => format!("built-in type '{}'", builtin.name()),
            TypeName::Defined(id) => self.drafts[id].site.describe(),
        }
    }

    /// Adds the place where a type is defined to a diagnostic.
    pub(super) fn label(&self, ty: TypeName, diagnostic: Diagnostic) -> Diagnostic {
        match self.draft(ty) {
            None => diagnostic,
            Some(Draft { site, .. }) => {
                diagnostic.label(site.name.span, format!("the {} is defined here", site.kind.key()))
            }
        }
    }

    /// An error in a definition, as [`Context::fault`] makes it.
    pub(super) fn fault(
        &self,
        draft: &Draft<'_>,
        code: Code,
        at: Span,
        message: String,
        label: &str,
    ) -> Diagnostic {
        self.cx.fault(&draft.site, code, at, message, label)
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.cx.found.push(diagnostic);
    }
}
