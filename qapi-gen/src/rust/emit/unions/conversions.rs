//! Emits conversions from a branch's members to the branch and to the union.

use super::Variant;
use crate::rust::cfg::When;
use crate::rust::context::Present;
use crate::rust::emit::Emitter;
use crate::rust::emit::fields::Field;
use crate::schema::{Type, TypeName, Union};
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// Conversions from a branch's members to the branch, and to the union if it has no other required members.
    pub(super) fn conversions(&self, it: Present, union: &Union) -> TokenStream {
        let Present { id, definition, when: outer } = it;
        let cx = self.cx;
        let union_name = self.name(id);
        let branch_name = self.branch_name(id);
        let place = self.place(definition);
        let whole = cx.only_discriminator_required(id);
        let field = cx.field(id, &union.discriminator);
        let others: Vec<_> = self.fields(it).into_iter().filter(|field| !field.carries_branch).collect();
        let mut out = TokenStream::new();
        for variant in self.union_variants(it, union) {
            let Variant { value, ident, content: Some((ty, boxed)), .. } = variant else { continue };
            // Two branches of the same type would implement `From` twice, so neither does, even if only one of them
            // exists.
            if union.branches.iter().filter(|branch| branch.ty == ty).count() > 1 {
                continue;
            }
            let branch = union.branches.iter().find(|branch| branch.name == value.name);
            let when = When::always()
                .and(value.condition.as_ref())
                .and(branch.and_then(|branch| branch.condition.as_ref()))
                .and_when(outer);
            let Some(when) = cx.decide(when, Some(Type::Plain(TypeName::Defined(ty)))) else {
                continue;
            };
            let cfg = self.cfg(&when);
            let ty = self.path(ty, place);
            let held = if boxed { quote!(__Box::new(branch)) } else { quote!(branch) };
            out.extend(quote! {
                #cfg
                impl __From<#ty> for #branch_name {
                    #[inline]
                    fn from(branch: #ty) -> Self { Self::#ident(#held) }
                }
            });
            if whole {
                let absent = others.iter().map(|Field { cfg, ident, .. }| quote!(#cfg #ident: __None));
                out.extend(quote! {
                    #cfg
                    impl __From<#ty> for #union_name {
                        #[inline]
                        fn from(branch: #ty) -> Self {
                            Self { #field: __From::from(branch), #(#absent),* }
                        }
                    }
                });
            }
        }
        out
    }
}
