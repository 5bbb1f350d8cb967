//! Commands and events whose members are those of a type: a newtype.

use super::Emitter;
use super::attributes::Derives;
use crate::rust::docs;
use crate::schema::DefId;
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// The newtype for the command or event `id` over the struct or union `inner`.
    pub(super) fn newtype(&self, id: DefId, inner: DefId, attributes: &TokenStream) -> TokenStream {
        let Some(when) = self.cx.when(id) else { return TokenStream::new() };
        let rt = &self.rt;
        let cfg = self.cfg(when);
        let name = self.name(id);
        let docs = self.docs(id);
        let default = self.cx.has_default(inner);
        let derives = self.type_attributes(id, Derives { default, ..Derives::default() });
        let of = docs::stated(self.cx, "The members.");
        let inner = self.path(inner, self.place(self.cx.definition(id)));
        let serde = self.serde(&name, &cfg);
        quote! {
            #docs
            #attributes
            #cfg
            #derives
            pub struct #name(#of pub #inner);
            #cfg
            impl ::core::ops::Deref for #name {
                type Target = #inner;
                #[inline]
                fn deref(&self) -> &#inner { &self.0 }
            }
            #cfg
            impl ::core::ops::DerefMut for #name {
                #[inline]
                fn deref_mut(&mut self) -> &mut #inner { &mut self.0 }
            }
            #cfg
            impl ::core::convert::From<#inner> for #name {
                #[inline]
                fn from(members: #inner) -> Self { Self(members) }
            }
            #cfg
            impl #rt::Decode for #name {
                #[inline]
                fn decode(input: #rt::Input<'_>) -> #rt::Result<Self> {
                    #rt::Decode::decode(input).map(Self)
                }
            }
            #cfg
            impl #rt::Encode for #name {
                #[inline]
                fn encode(&self, out: &mut #rt::json::Writer) { #rt::Encode::encode(&self.0, out) }
            }
            #serde
        }
    }
}
