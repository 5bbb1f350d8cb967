//! Emits structs with fields: for structs, unions, inline arguments and inline data.

use super::attributes::Derives;
use super::fields::Field;
use super::free::Free;
use super::setters::Built;
use super::{Emitter, attempt, is_size};
use crate::rust::context::Present;
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    pub(super) fn emit_struct(&self, it: Present) -> TokenStream {
        self.record(it, &TokenStream::new())
    }

    /// A struct of the definition's members, with constructor, setters and codec; `deprecated` goes on the constructor.
    pub(super) fn record(&self, it: Present, deprecated: &TokenStream) -> TokenStream {
        let fields = self.fields(it);
        let cfg = self.cfg(it.when);
        let name = self.name(it.id);
        let docs = self.docs(it);
        let default = self.cx.all_members_optional(it.id);
        let derives = self.type_attributes(it, Derives { default, ..Derives::default() });
        let declared = fields.iter().map(|field| {
            let Field { docs, cfg, ident, .. } = field;
            let ty = field.ty();
            let alias = self.alias(&ident.to_string(), field.wire());
            quote!(#docs #alias #cfg pub #ident: #ty)
        });
        let free = self.free_members(it.definition, &fields);
        let built = Built::Struct { rest: free.field.as_ref() };
        let new = self.constructor(&fields, &free, built, deprecated);
        let setters = fields.iter().filter_map(|field| self.setter(it, field, built));
        let codec = self.record_codec(it, &fields, &free, &cfg);
        let Free { declared: free, setter: with, .. } = &free;
        quote! {
            #docs
            #cfg
            #derives
            pub struct #name { #(#declared,)* #free }
            #cfg
            impl #name {
                #new
                #(#setters)*
                #with
            }
            #codec
        }
    }

    fn record_codec(&self, it: Present, fields: &[Field], free: &Free, cfg: &TokenStream) -> TokenStream {
        let name = self.name(it.id);
        let Free { decode: read_free, encode: write_free, .. } = free;
        let decode = if fields.iter().any(|field| field.carries_branch) {
            self.union_decode(it, fields)
        } else {
            let fields = fields.iter().map(|field| {
                let Field { cfg, ident, .. } = field;
                let read = self.read_member(field);
                let value = attempt(&read);
                quote!(#cfg #ident: #value)
            });
            quote!(__Ok(Self { #(#fields,)* #read_free }))
        };
        let encode = fields.iter().map(|field| {
            let (wire, write) = (field.wire(), self.write_member(field));
            // A member of that name replaces it.
            let guarded = |rest| quote!(if self.#rest.get(#wire).is_none() { #write });
            free.field.as_ref().map_or_else(|| write.clone(), guarded)
        });
        let branch = fields.iter().find(|field| field.carries_branch).map(|field| {
            let ident = &field.ident;
            quote!(self.#ident.encode_branch(out);)
        });
        quote! {
            #cfg
            impl __Rt::DecodeMembers for #name {
                #[inline]
                fn decode_members(members: &mut __Rt::Members<'_>) -> __Rt::Result<Self> { #decode }
            }
            #cfg
            impl __Rt::EncodeMembers for #name {
                #[inline]
                fn encode_members(&self, out: &mut __Rt::Output) { #(#encode)* #branch #write_free }
            }
            #cfg
            __Rt::private::record!(#name);
        }
    }

    /// The call that decodes a member. It returns a `Result`.
    pub(super) fn read_member(&self, field: &Field) -> TokenStream {
        let wire = field.wire();
        if is_size(field.placed.member.ty) {
            let features = self.features_or_none(&field.placed.member.features);
            return if field.optional() {
                quote!(members.optional_size(#wire, #features))
            } else {
                quote!(members.required_size(#wire, #features))
            };
        }
        match (field.optional(), &field.features) {
            (false, None) => quote!(members.required(#wire)),
            (false, Some(features)) => quote!(members.required_with(#wire, #features)),
            (true, None) => quote!(members.optional(#wire)),
            (true, Some(features)) => quote!(members.optional_with(#wire, #features)),
        }
    }

    fn write_member(&self, field: &Field) -> TokenStream {
        let Field { cfg, ident, .. } = field;
        let wire = field.wire();
        let value = if field.carries_branch { quote!(self.#ident.as_str()) } else { quote!(&self.#ident) };
        let call = match (field.optional(), &field.features) {
            (false, None) => quote!(out.member(#wire, #value)),
            (false, Some(features)) => quote!(out.member_with(#wire, #features, #value)),
            (true, None) => quote!(out.optional(#wire, #value)),
            (true, Some(features)) => quote!(out.optional_with(#wire, #features, #value)),
        };
        quote!(#cfg #call;)
    }
}
