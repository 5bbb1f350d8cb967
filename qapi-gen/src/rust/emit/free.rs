//! Members that the schema does not declare: commands that QEMU generates no code for take them.

use super::fields::Field;
use super::{Emitter, attempt};
use crate::rust::{docs, names};
use crate::schema::{DefId, DefinitionKind};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// What a struct with such members has besides its fields.
#[derive(Default)]
pub(super) struct Free {
    pub(super) declared: TokenStream,
    /// The field's value in a struct without any.
    pub(super) none: TokenStream,
    pub(super) setter: TokenStream,
    pub(super) decode: TokenStream,
    pub(super) encode: TokenStream,
}

impl Emitter<'_> {
    /// Empty for all but commands with `'gen': false`.
    pub(super) fn free_members(&self, id: DefId, fields: &[Field]) -> Free {
        if !matches!(&self.cx.definition(id).kind, DefinitionKind::Command(command) if !command.generate) {
            return Free::default();
        }
        let rt = &self.rt;
        let rest = unused("rest", fields);
        let with = unused("with", fields);
        let docs = docs::stated(self.cx, "Members beyond those of the schema, encoded behind them.");
        let setter_docs = docs::stated(self.cx, "Adds a member that the schema does not declare.");
        Free {
            declared: quote!(#docs pub #rest: #rt::json::Object<'static>,),
            none: quote!(#rest: #rt::json::Object::new(),),
            setter: quote! {
                #setter_docs
                #[inline]
                #[must_use]
                pub fn #with(
                    mut self,
                    name: impl ::core::convert::Into<::std::string::String>,
                    value: impl ::core::convert::Into<#rt::Any>,
                ) -> Self {
                    let name: ::std::string::String = ::core::convert::Into::into(name);
                    let value: #rt::Any = ::core::convert::Into::into(value);
                    self.#rest.push(name, value);
                    self
                }
            },
            decode: {
                let read = attempt(&quote!(#rt::DecodeMembers::decode_members(members)));
                quote!(#rest: #read,)
            },
            encode: quote!(#rt::EncodeMembers::encode_members(&self.#rest, out);),
        }
    }
}

/// `name`, with `_` behind it where a member has it.
fn unused(name: &str, fields: &[Field]) -> Ident {
    let mut name = name.to_owned();
    while fields.iter().any(|field| field.ident == name[..]) {
        name.push('_');
    }
    names::ident(&name)
}
