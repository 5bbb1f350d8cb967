//! Emits constructors and setters.

use super::Emitter;
use super::fields::Field;
use super::free::Free;
use crate::rust::context::Present;
use crate::rust::names;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// What constructors and setters build.
#[derive(Clone, Copy)]
pub(super) enum Built<'t> {
    /// A struct with the fields, and perhaps one that holds undeclared members.
    Struct { rest: Option<&'t Ident> },
    /// A newtype over a struct of this path, which has the same constructors and setters.
    Newtype(&'t TokenStream),
}

impl Emitter<'_> {
    /// `new`, which takes the required members. Only clients construct commands, so `new` is marked deprecated for a
    /// deprecated command. The type is not, since the signature of the server's handler names it.
    pub(super) fn constructor(
        &self,
        fields: &[Field],
        free: &Free,
        built: Built,
        deprecated: &TokenStream,
    ) -> TokenStream {
        let required = || fields.iter().filter(|field| !field.optional());
        let parameters = required().map(|field| {
            let Field { cfg, ident, .. } = field;
            let ty = field.parameter_type();
            quote!(#cfg #ident: #ty)
        });
        let value = match built {
            Built::Struct { .. } => {
                let values = fields.iter().map(initial);
                let none = &free.none;
                quote!(Self { #(#values,)* #none })
            }
            Built::Newtype(inner) => {
                let values = required().map(|Field { cfg, ident, .. }| quote!(#cfg #ident));
                quote!(let members = #inner::new(#(#values),*); Self(members))
            }
        };
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
            pub fn new(#(#parameters),*) -> Self { #value }
        }
    }

    /// The setter of an optional member.
    pub(super) fn setter(&self, it: Present, field: &Field, built: Built) -> Option<TokenStream> {
        if !field.optional() {
            return None;
        }
        let Field { cfg, ident, .. } = field;
        let setter = self.cx.setter(it.id, field.wire());
        // A type of the schema may have the name of the parameter.
        let via = names::ident(&self.cx.helper_name("Via".to_owned()));
        let (generic, ty) = field.setter_type(&via);
        let wire = field.wire();
        let docs = self.doc(format!("Sets `{wire}`."));
        let of = &it.definition.name;
        // A server has to fill deprecated members of its return values and events; only a client can leave them out.
        let deprecated = (self.cx.is_sent(it.id))
            .then(|| self.deprecated(&field.placed.member.features, &format!("`{wire}` of `{of}`")));
        let (this, set) = match built {
            Built::Struct { rest } => {
                let value = field.set_value();
                let forget = rest.map(|rest| quote!(self.#rest.remove(#wire);));
                (quote!(mut self), quote!(#forget self.#ident = #value; self))
            }
            Built::Newtype(_) => {
                (quote!(self), quote!(let Self(members) = self; Self(members.#setter(value))))
            }
        };
        Some(quote! {
            #docs
            #deprecated
            #cfg
            #[inline]
            #[must_use]
            pub fn #setter #generic(#this, value: #ty) -> Self { #set }
        })
    }
}

/// The field in a new struct: a parameter, or absent.
fn initial(field: &Field) -> TokenStream {
    let Field { cfg, ident, .. } = field;
    if field.optional() {
        return quote!(#cfg #ident: __None);
    }
    let value = field.value_of(ident);
    if field.into || field.boxed { quote!(#cfg #ident: #value) } else { quote!(#cfg #ident) }
}
