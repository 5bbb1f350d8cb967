//! Emits a constructor for each branch. It hides `Box`, and distinguishes branches of the same type, which have no
//! conversions.

use super::Variant;
use crate::rust::context::{Place, Present};
use crate::rust::emit::Emitter;
use crate::rust::emit::fields::{Field, unused};
use crate::rust::emit::setters::Built;
use crate::schema::{Type, TypeName, Union};
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// The constructors of the union, or of a newtype over it. Each takes the required common members, then those of
    /// the branch. `deprecated` goes on all of them.
    pub(in crate::rust::emit) fn branch_constructors(
        &self,
        it: Present,
        union: &Union,
        place: Place,
        built: Built,
        deprecated: &TokenStream,
    ) -> TokenStream {
        let fields = self.fields_from(it, place);
        let variants = self.union_variants(it, union);
        variants
            .iter()
            .map(|variant| self.branch_constructor(it, variant, &fields, place, built, deprecated))
            .collect()
    }

    fn branch_constructor(
        &self,
        it: Present,
        variant: &Variant,
        fields: &[Field],
        place: Place,
        built: Built,
        deprecated: &TokenStream,
    ) -> TokenStream {
        let Variant { value, ident, cfg, content, .. } = variant;
        let name = self.cx.constructor(it.id, &value.name);
        let branch = unused("branch", fields);
        let common = || fields.iter().filter(|field| !field.optional() && !field.carries_branch);
        let parameters = common().map(|field| {
            let Field { cfg, ident, .. } = field;
            let ty = field.parameter_type();
            quote!(#cfg #ident: #ty)
        });
        let own = content.map(|(ty, _)| {
            let into = self.takes_into(Type::Plain(TypeName::Defined(ty)));
            let ty = self.path(ty, place);
            if into { quote!(#branch: impl __Into<#ty>) } else { quote!(#branch: #ty) }
        });
        let parameters = parameters.chain(own);
        let call = match built {
            Built::Struct { .. } => {
                let enumeration = self.branch_path(it.id, place);
                let held = content.map(|(ty, boxed)| {
                    let into = self.takes_into(Type::Plain(TypeName::Defined(ty)));
                    let value = if into { quote!(__Into::into(#branch)) } else { quote!(#branch) };
                    if boxed { quote!((__Box::new(#value))) } else { quote!((#value)) }
                });
                let values = fields.iter().filter(|field| !field.optional()).map(|field| {
                    let Field { cfg, ident: member, carries_branch, .. } = field;
                    if *carries_branch { quote!(#branch) } else { quote!(#cfg #member) }
                });
                quote!(let #branch = #enumeration::#ident #held; Self::new(#(#values),*))
            }
            Built::Newtype(inner) => {
                let values = common().map(|Field { cfg, ident, .. }| quote!(#cfg #ident));
                let values = values.chain(content.map(|_| quote!(#branch)));
                quote!(let members = #inner::#name(#(#values),*); Self(members))
            }
        };
        let wire = &value.name;
        let docs = self.doc(match content {
            Some(_) => format!("The branch `{wire}`, with its members; the optional common ones are absent."),
            None => {
                format!("The branch `{wire}`, which has no members; the optional common ones are absent.")
            }
        });
        let of = &it.definition.name;
        let own_deprecated = (deprecated.is_empty() && self.cx.is_sent(it.id))
            .then(|| self.deprecated(&value.features, &format!("`{wire}` of `{of}`")));
        quote! {
            #docs
            #deprecated
            #own_deprecated
            #cfg
            #[inline]
            #[must_use]
            pub fn #name(#(#parameters),*) -> Self { #call }
        }
    }
}
