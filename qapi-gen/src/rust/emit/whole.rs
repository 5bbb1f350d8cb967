//! Commands and events whose members are those of a type: a newtype.

use super::Emitter;
use super::attributes::Derives;
use crate::schema::DefId;
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// The newtype for the command or event `id` over the struct or union `inner`; `deprecated` goes on the constructor.
    pub(super) fn newtype(&self, id: DefId, inner: DefId, deprecated: &TokenStream) -> TokenStream {
        let Some(when) = self.cx.when(id) else { return TokenStream::new() };
        let cfg = self.cfg(when);
        let name = self.name(id);
        let docs = self.docs(id);
        let default = self.cx.has_default(inner);
        let derives = self.type_attributes(id, Derives { default, ..Derives::default() });
        let of = self.doc("The members.");
        let inner = self.path(inner, self.place(self.cx.definition(id)));
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
