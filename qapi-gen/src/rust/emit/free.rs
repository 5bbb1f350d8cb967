//! Emits the field for undeclared members, which commands with `'gen': false` take.

use super::fields::{Field, unused};
use super::{Emitter, attempt};
use crate::schema::{Definition, DefinitionKind};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The additional parts of a struct with such members.
#[derive(Default)]
pub(super) struct Free {
    /// The field that holds the undeclared members.
    pub(super) field: Option<Ident>,
    pub(super) declared: TokenStream,
    /// The field's value in a struct without undeclared members.
    pub(super) none: TokenStream,
    pub(super) setter: TokenStream,
    pub(super) decode: TokenStream,
    pub(super) encode: TokenStream,
}

impl Emitter<'_> {
    /// Empty except for commands with `'gen': false`.
    pub(super) fn free_members(&self, definition: &Definition, fields: &[Field]) -> Free {
        if !matches!(&definition.kind, DefinitionKind::Command(command) if !command.generate) {
            return Free::default();
        }
        let rest = unused("rest", fields);
        let with = unused("with", fields);
        let docs = self.doc("Members beyond those of the schema, encoded behind them; one of the same name is encoded instead.");
        let setter_docs = self.doc("Sets a member, also one that the schema does not declare.");
        Free {
            field: Some(rest.clone()),
            declared: quote!(#docs pub #rest: __Rt::json::Object<'static>,),
            none: quote!(#rest: __Rt::json::Object::new(),),
            setter: quote! {
                #setter_docs
                #[inline]
                #[must_use]
                pub fn #with(
                    mut self,
                    name: impl __Into<__String>,
                    value: impl __Into<__Rt::Any>,
                ) -> Self {
                    let name: __String = __Into::into(name);
                    let value: __Rt::Any = __Into::into(value);
                    self.#rest.insert(name, value);
                    self
                }
            },
            decode: {
                let read = attempt(&quote!(__Rt::DecodeMembers::decode_members(members)));
                quote!(#rest: #read,)
            },
            encode: quote!(__Rt::EncodeMembers::encode_members(&self.#rest, out);),
        }
    }
}
