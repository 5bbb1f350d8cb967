//! Emits flat unions: a struct of the common members, and an enum in place of the discriminator.

mod constructors;
mod conversions;
mod decode;

use super::attributes::Derives;
use super::setters::Built;
use super::{Emitter, parse};
use crate::rust::cfg::When;
use crate::rust::context::{Place, Present};
use crate::rust::{docs, names};
use crate::schema::{DefId, DefinitionKind, EnumValue, Union};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A variant of the enum for the branches.
struct Variant<'a> {
    value: &'a EnumValue,
    ident: Ident,
    /// The variant of the discriminator's own enumeration.
    kind: Ident,
    cfg: TokenStream,
    /// The branch's members, and whether they are boxed; `None` for an empty branch.
    content: Option<(DefId, bool)>,
}

impl Emitter<'_> {
    pub(super) fn emit_union(&self, it: Present, union: &Union) -> TokenStream {
        let record = self.record(it, &TokenStream::new());
        let variants = self.union_variants(it, union);
        let branch = self.branch_enum(it, union, &variants);
        let conversions = self.conversions(it, union);
        let (cfg, name) = (self.cfg(it.when), self.name(it.id));
        let constructors = self.branch_constructors(
            it,
            union,
            self.place(it.definition),
            Built::Struct { rest: None },
            &TokenStream::new(),
        );
        let constructors = (!constructors.is_empty()).then(|| quote!(#cfg impl #name { #constructors }));
        quote!(#record #constructors #branch #conversions)
    }

    /// The enum for the branches: `FooBranch`.
    pub(super) fn branch_name(&self, id: DefId) -> Ident {
        names::ident(&self.cx.branch_name(id))
    }

    /// The path of the enum for the branches.
    pub(super) fn branch_path(&self, id: DefId, from: Place) -> TokenStream {
        let module = parse(&self.cx.module_path(self.cx.definition(id).module, from));
        let name = self.branch_name(id);
        quote!(#module #name)
    }

    /// One variant for each value. A value with a conditional branch has two with opposite conditions.
    fn union_variants<'v>(&'v self, it: Present, union: &'v Union) -> Vec<Variant<'v>> {
        let Present { id, when: outer, .. } = it;
        let cx = self.cx;
        let DefinitionKind::Enum(values) = &cx.definition(union.discriminator_enum).kind else {
            unreachable!("check rejects a discriminator that is no enumeration")
        };
        let mut variants = Vec::new();
        for value in &values.values {
            let Some(exists) = cx.decide(When::always().and(value.condition.as_ref()), None) else {
                continue;
            };
            let branch = union.branches.iter().find(|branch| branch.name == value.name);
            let filled = branch.and_then(|branch| {
                let when = cx.when(branch.ty)?.clone().and(branch.condition.as_ref());
                Some((branch, cx.decide(when, None)?))
            });
            let mut variant = |when: When, content| {
                variants.push(Variant {
                    value,
                    ident: cx.variant(id, &value.name),
                    kind: cx.variant(union.discriminator_enum, &value.name),
                    cfg: self.cfg(&when),
                    content,
                });
            };
            match filled {
                None => variant(exists.within(outer), None),
                Some((branch, when)) => {
                    let content = (branch.ty, cx.is_boxed_branch(id, branch.ty));
                    let known = exists.clone().and_when(outer);
                    if !when.known_in(&known) {
                        let absent = exists.clone().and_not(&when.clone().within(&known));
                        variant(absent.within(outer), None);
                    }
                    variant(exists.and_when(&when.within(&known)).within(outer), Some(content));
                }
            }
        }
        variants
    }

    fn branch_enum(&self, it: Present, union: &Union, variants: &[Variant]) -> TokenStream {
        let Present { id, definition, when } = it;
        let cfg = self.cfg(when);
        let place = self.place(definition);
        let name = self.branch_name(id);
        let docs = self.doc(docs::branches(self.cx, id, union, place));
        let attributes = self.type_attributes(it, Derives::default());
        let declared = variants.iter().map(|Variant { value, ident, cfg, content, .. }| {
            let docs = self.doc(docs::branch(self.cx, union.discriminator_enum, value, place));
            let content = content.map(|(ty, boxed)| {
                let ty = self.boxed(self.path(ty, place), boxed);
                quote!((#ty))
            });
            quote!(#docs #cfg #ident #content)
        });
        let unknown = self.cx.is_open(id).then(|| {
            let docs = self.doc("A branch that the schema does not know, with its members.");
            quote!(#docs Unknown(__Rt::UnknownBranch))
        });
        let declared = declared.chain(unknown);
        let methods = self.branch_methods(id, union, variants);
        quote! {
            #docs
            #cfg
            #attributes
            pub enum #name { #(#declared,)* }
            #cfg
            impl #name { #methods }
        }
    }

    fn boxed(&self, ty: TokenStream, boxed: bool) -> TokenStream {
        if boxed { quote!(__Box<#ty>) } else { ty }
    }

    fn branch_methods(&self, id: DefId, union: &Union, variants: &[Variant]) -> TokenStream {
        let open = self.cx.is_open(id);
        let pattern = |variant: &Variant| {
            let Variant { ident, content, .. } = variant;
            let content = content.map(|_| quote!((_)));
            quote!(Self::#ident #content)
        };
        let names = variants.iter().map(|variant| {
            let (cfg, name, pattern) = (&variant.cfg, &variant.value.name, pattern(variant));
            quote!(#cfg #pattern => #name)
        });
        let names = names.chain(open.then(|| quote!(Self::Unknown(branch) => &branch.kind)));
        let encodes = variants.iter().map(|variant| {
            let Variant { ident, cfg, content, .. } = variant;
            match content {
                None => quote!(#cfg Self::#ident => ()),
                Some(_) => {
                    quote!(#cfg Self::#ident(branch) => __Rt::EncodeMembers::encode_members(branch, out))
                }
            }
        });
        let unknown =
            open.then(|| quote!(Self::Unknown(branch) => __Rt::EncodeMembers::encode_members(branch, out)));
        let encodes = encodes.chain(unknown);
        let kind = self.kind_method(id, union, variants);
        let docs = self.doc(format!("The value of `{}` on the wire.", union.discriminator));
        // rustc refuses a match on a reference to an enum without variants.
        let this = if variants.is_empty() && !open { quote!(*self) } else { quote!(self) };
        quote! {
            #docs
            #[inline]
            #[must_use]
            pub fn as_str(&self) -> &str {
                match #this { #(#names,)* }
            }
            #kind
            #[inline]
            fn encode_branch(&self, out: &mut __Rt::Output) {
                match #this { #(#encodes,)* }
            }
        }
    }

    /// `kind()`; left out if the discriminator is generated elsewhere and may have an `Unknown` or not.
    fn kind_method(&self, id: DefId, union: &Union, variants: &[Variant]) -> Option<TokenStream> {
        let open = self.cx.is_open(id);
        let values = union.discriminator_enum;
        if self.cx.is_foreign(values) {
            return None;
        }
        let ty = self.path(values, self.place(self.cx.definition(id)));
        let arms = variants.iter().map(|Variant { ident, kind, cfg, content, .. }| {
            let content = content.map(|_| quote!((_)));
            quote!(#cfg Self::#ident #content => #ty::#kind)
        });
        let unknown = names::ident(names::UNKNOWN);
        let arms =
            arms.chain(open.then(|| quote!(Self::Unknown(branch) => #ty::#unknown(branch.kind.clone()))));
        let docs = self.doc(format!("The value of `{}`.", union.discriminator));
        let this = if variants.is_empty() && !open { quote!(*self) } else { quote!(self) };
        Some(quote! {
            #docs
            #[inline]
            #[must_use]
            pub fn kind(&self) -> #ty {
                match #this { #(#arms,)* }
            }
        })
    }
}
