//! Emits commands and events whose members are those of a named type: a newtype.

use super::Emitter;
use super::attributes::Derives;
use super::free::Free;
use super::setters::Built;
use crate::rust::context::Present;
use crate::schema::{DefId, DefinitionKind};
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// The newtype for the command or event `it` over the struct or union `inner`; `deprecated` goes on the
    /// constructors.
    pub(super) fn newtype(&self, it: Present, inner: DefId, deprecated: &TokenStream) -> TokenStream {
        let cfg = self.cfg(it.when);
        let name = self.name(it.id);
        let docs = self.docs(it);
        let default = self.cx.has_default(inner);
        let derives = self.type_attributes(it, Derives { default, ..Derives::default() });
        let of = self.doc("The members.");
        let path = self.path(inner, self.place(it.definition));
        let functions = self.newtype_functions(it, inner, &path, deprecated);
        quote! {
            #docs
            #cfg
            #derives
            pub struct #name(#of pub #path);
            #functions
            #cfg
            __Rt::private::newtype!(#name, #path);
        }
    }

    /// The constructors and setters of `inner`, so that every command is built in the same way. A type that is
    /// generated elsewhere may have others: its newtype has only `From`.
    fn newtype_functions(
        &self,
        it: Present,
        inner: DefId,
        path: &TokenStream,
        deprecated: &TokenStream,
    ) -> Option<TokenStream> {
        if self.cx.is_foreign(inner) {
            return None;
        }
        let (cfg, name, place) = (self.cfg(it.when), self.name(it.id), self.place(it.definition));
        let built = Built::Newtype(path);
        let members = Present { id: inner, definition: self.cx.definition(inner), when: it.when };
        let fields = self.fields_from(members, place);
        let new = self.constructor(&fields, &Free::default(), built, deprecated);
        let branches = match &members.definition.kind {
            DefinitionKind::Union(union) => {
                self.branch_constructors(members, union, place, built, deprecated)
            }
            _ => TokenStream::new(),
        };
        let setters = fields.iter().filter_map(|field| self.setter(members, field, built));
        Some(quote! {
            #cfg
            impl #name {
                #new
                #branches
                #(#setters)*
            }
        })
    }
}
