//! Emits constructors and setters.

use super::Emitter;
use super::fields::Field;
use super::free::Free;
use crate::rust::context::Present;
use crate::rust::names;
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// `new`, which takes the required members. Only clients construct commands, so `new` is marked deprecated for a
    /// deprecated command. The type is not, since the signature of the server's handler names it.
    pub(super) fn constructor(&self, fields: &[Field], free: &Free, deprecated: &TokenStream) -> TokenStream {
        let parameters = fields.iter().filter(|field| !field.optional()).map(|field| {
            let Field { cfg, ident, .. } = field;
            let ty = field.parameter_type();
            quote!(#cfg #ident: #ty)
        });
        let values = fields.iter().map(|field| {
            let Field { cfg, ident, .. } = field;
            if field.optional() {
                return quote!(#cfg #ident: __None);
            }
            let value = field.value_of(ident);
            if field.into || field.boxed { quote!(#cfg #ident: #value) } else { quote!(#cfg #ident) }
        });
        let none = &free.none;
        let text =
            match (fields.is_empty(), fields.iter().any(Field::optional), fields.iter().all(Field::optional))
            {
                (true, ..) => "Takes nothing: there are no members.",
                (_, false, _) => "Takes the members.",
                (_, _, false) => "Takes the required members; the optional ones are absent.",
                (_, _, true) => "Takes nothing: all members are optional, and absent.",
            };
        let docs = self.doc(text);
        quote! {
            #docs
            #deprecated
            #[inline]
            #[must_use]
            pub fn new(#(#parameters),*) -> Self {
                Self { #(#values,)* #none }
            }
        }
    }

    /// The setter of an optional member.
    pub(super) fn setter(&self, it: Present, field: &Field) -> Option<TokenStream> {
        if !field.optional() {
            return None;
        }
        let Field { cfg, ident, .. } = field;
        let setter = self.cx.setter(it.id, field.wire());
        let ty = field.parameter_type();
        let value = field.value_of(&names::ident("value"));
        let wire = field.wire();
        let docs = self.doc(format!("Sets `{wire}`."));
        let of = &it.definition.name;
        // A server has to fill deprecated members of its return values and events; only a client can leave them out.
        let deprecated = (self.cx.is_sent(it.id))
            .then(|| self.deprecated(&field.placed.member.features, &format!("`{wire}` of `{of}`")));
        Some(quote! {
            #docs
            #deprecated
            #cfg
            #[inline]
            #[must_use]
            pub fn #setter(mut self, value: #ty) -> Self {
                self.#ident = __Some(#value);
                self
            }
        })
    }
}
