//! Emits commands and events whose members are those of a named type: a newtype.

use super::Emitter;
use super::attributes::Derives;
use crate::rust::context::Present;
use crate::schema::DefId;
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// The newtype for the command or event `it` over the struct or union `inner`; `deprecated` goes on the
    /// constructor.
    pub(super) fn newtype(&self, it: Present, inner: DefId, deprecated: &TokenStream) -> TokenStream {
        let cfg = self.cfg(it.when);
        let name = self.name(it.id);
        let docs = self.docs(it);
        let default = self.cx.has_default(inner);
        let derives = self.type_attributes(it, Derives { default, ..Derives::default() });
        let of = self.doc("The members.");
        let inner = self.path(inner, self.place(it.definition));
        quote! {
            #docs
            #cfg
            #derives
            pub struct #name(#of pub #inner);
            #cfg
            __Rt::private::newtype!(#deprecated #name, #inner);
        }
    }
}
