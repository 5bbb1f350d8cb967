//! Emits the answer to `query-qmp-schema`, as entries of a static table.

use super::Emitter;
use crate::introspect::{self, Introspection, Meta, Names};
use crate::rust::cfg::When;
use crate::schema::Condition;
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// The elements of the table of entries.
    pub(super) fn introspection(&self) -> Vec<TokenStream> {
        let mut introspection =
            Introspection::of(self.cx.schema, Names::Masked, |id| self.cx.is_selected(id));
        if let Some(defines) = self.cx.decider.defines() {
            introspection = introspection.decide(defines);
        }
        let entry = |entry: &introspect::Entry| {
            let cfg = self.announced_cfg(entry.condition.as_ref());
            let features = entry
                .features
                .iter()
                .flatten()
                .filter_map(|mark| self.mark(mark))
                .reduce(|a, b| quote!(#a.union(#b)));
            let features = features.unwrap_or_else(|| quote!(__Rt::Features::NONE));
            let fragments = introspect::fragments(entry);
            let fragments = fragments.iter().map(|fragment| {
                let cfg = self.announced_cfg(fragment.condition.as_ref());
                let text = &fragment.text;
                quote!(#cfg #text)
            });
            quote!(#cfg __Rt::private::Entry::new(#features, &[#(#fragments),*]))
        };
        introspection.entries.iter().filter(|entry| self.is_there(entry)).map(entry).collect()
    }

    /// A command or event that does not exist because one of its types does not is not listed.
    fn is_there(&self, entry: &introspect::Entry) -> bool {
        match entry.meta {
            Meta::Command { .. } | Meta::Event { .. } => {
                self.cx.find(&entry.name).is_none_or(|id| self.cx.is_present(id))
            }
            _ => true,
        }
    }

    /// The conditions that were evaluated still stand beside the entries that they left.
    fn announced_cfg(&self, condition: Option<&Condition>) -> TokenStream {
        let when = self.cx.decide(When::always().and(condition), None);
        when.map(|when| self.cfg(&when)).unwrap_or_default()
    }

    fn mark(&self, mark: &introspect::Mark) -> Option<TokenStream> {
        let constant = match &mark.name[..] {
            "deprecated" => quote!(__Rt::Features::DEPRECATED),
            "unstable" => quote!(__Rt::Features::UNSTABLE),
            _ => return None,
        };
        let when = self.cx.decide(When::always().and(mark.condition.as_ref()), None)?;
        if when.is_always() {
            return Some(constant);
        }
        let predicate = self.cx.decider.predicate(&when);
        Some(quote!((if ::core::cfg!(#predicate) { #constant } else { __Rt::Features::NONE })))
    }
}
