//! Emits the decoder of a union, which reads the common members in order, then those of the branch.

use super::Variant;
use crate::rust::context::Present;
use crate::rust::emit::fields::Field;
use crate::rust::emit::{Emitter, attempt};
use crate::rust::names;
use crate::schema::{DefinitionKind, Union};
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// The body of `decode_members`: the common members in order, then those of the branch.
    pub(in crate::rust::emit) fn union_decode(&self, it: Present, fields: &[Field]) -> TokenStream {
        let DefinitionKind::Union(union) = &it.definition.kind else {
            unreachable!("only a union has a field that carries the branch")
        };
        let mut reads = Vec::new();
        let mut values = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let Field { cfg, ident, .. } = field;
            let read = attempt(&self.read_member(field));
            if field.carries_branch {
                let ty = self.path(union.discriminator_enum, self.place(it.definition));
                reads.push(quote!(let kind: #ty = #read;));
                values.push(quote!(#ident: branch));
            } else {
                // Not named after the member, whose name could clash.
                let value = names::ident(&format!("value_{index}"));
                reads.push(quote!(#cfg let #value = #read;));
                values.push(quote!(#cfg #ident: #value));
            }
        }
        let branch = self.decode_branch(it, union, &self.union_variants(it, union));
        quote! {
            #(#reads)*
            let branch = #branch;
            __Ok(Self { #(#values),* })
        }
    }

    fn decode_branch(&self, it: Present, union: &Union, variants: &[Variant]) -> TokenStream {
        let name = self.branch_name(it.id);
        let values = union.discriminator_enum;
        let kinds = self.path(values, self.place(it.definition));
        let arms = variants.iter().map(|Variant { ident, kind, cfg, content, .. }| match content {
            None => quote!(#cfg #kinds::#kind => #name::#ident),
            Some((_, boxed)) => {
                let read = attempt(&quote!(__Rt::DecodeMembers::decode_members(members)));
                let read = if *boxed { quote!(__Box::new(#read)) } else { read };
                quote!(#cfg #kinds::#kind => #name::#ident(#read))
            }
        });
        let open = self.cx.is_open(it.id);
        let discriminator = &union.discriminator;
        let rest = if self.cx.is_foreign(values) {
            // Such an enumeration may have more values than this schema lists.
            Some(if open {
                quote!(kind => #name::Unknown(members.unknown_branch(kind.as_str())))
            } else {
                quote!(kind => { return __Err(members.refuse_branch(#discriminator, kind.as_str())); })
            })
        } else {
            // The enumeration is open too, since a client that receives the union receives it.
            (open || self.cx.is_open(values)).then(|| {
                let unknown = names::ident(names::UNKNOWN);
                if open {
                    quote!(#kinds::#unknown(kind) => #name::Unknown(members.unknown_branch(&kind)))
                } else {
                    quote!(#kinds::#unknown(kind) => { return __Err(members.refuse_branch(#discriminator, &kind)); })
                }
            })
        };
        let arms = arms.chain(rest);
        quote!(match kind { #(#arms,)* })
    }
}
