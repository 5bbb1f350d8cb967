//! Emits members as fields of a Rust struct.

use super::Emitter;
use crate::rust::context::{Place, Placed, Present};
use crate::rust::{docs, names};
use crate::schema::{Builtin, DefinitionKind, Type, TypeName};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A field, with the tokens for its uses.
pub(super) struct Field<'a> {
    pub(super) placed: Placed<'a>,
    pub(super) ident: Ident,
    /// `#[cfg(..)]`, or nothing.
    pub(super) cfg: TokenStream,
    pub(super) docs: TokenStream,
    /// The type of a value, without `Option` and `Box`.
    pub(super) inner: TokenStream,
    pub(super) boxed: bool,
    /// Whether constructors take `impl Into` of the value.
    pub(super) into: bool,
    /// Whether the setter takes `impl IntoOption` of the value.
    converts: bool,
    /// The features that the runtime's policy has to know; `None` without any.
    pub(super) features: Option<TokenStream>,
    /// Whether the field is a union's discriminator, which holds the branch.
    pub(super) carries_branch: bool,
}

impl Field<'_> {
    pub(super) fn wire(&self) -> &str {
        &self.placed.member.name
    }

    pub(super) fn optional(&self) -> bool {
        self.placed.member.optional
    }

    /// The field's type.
    pub(super) fn ty(&self) -> TokenStream {
        let inner = &self.inner;
        let held = if self.boxed { quote!(__Box<#inner>) } else { quote!(#inner) };
        if self.optional() { quote!(__Option<#held>) } else { held }
    }

    /// The type by which a constructor takes a value.
    pub(super) fn parameter_type(&self) -> TokenStream {
        let inner = &self.inner;
        if self.into { quote!(impl __Into<#inner>) } else { quote!(#inner) }
    }

    /// The expression that turns the parameter `name` into the field's value.
    pub(super) fn value_of(&self, name: &Ident) -> TokenStream {
        let value = if self.into { quote!(__Into::into(#name)) } else { quote!(#name) };
        if self.boxed { quote!(__Box::new(#value)) } else { value }
    }

    /// The generic parameter of the setter, if it has one, and the type by which it takes a value or an `Option`.
    ///
    /// `Into<Option<T>>` is the simplest type that takes both, and it lets rustc infer the width of a literal, but no
    /// `&str` converts to `Option<String>`.
    pub(super) fn setter_type(&self, via: &Ident) -> (Option<TokenStream>, TokenStream) {
        let inner = &self.inner;
        if self.converts {
            (Some(quote!(<#via>)), quote!(impl __Rt::IntoOption<#inner, #via>))
        } else {
            let optional = quote!(__Option<#inner>);
            (None, quote!(impl __Into<#optional>))
        }
    }

    /// The expression that turns the setter's parameter `value` into the field's value.
    pub(super) fn set_value(&self) -> TokenStream {
        let value = if self.converts {
            quote!(__Rt::IntoOption::into_option(value))
        } else {
            quote!(__Into::into(value))
        };
        let inner = &self.inner;
        if self.boxed { quote!(__Option::<#inner>::map(#value, __Box::new)) } else { value }
    }
}

impl Emitter<'_> {
    /// The fields of the definition.
    pub(super) fn fields(&self, it: Present) -> Vec<Field<'_>> {
        self.fields_from(it, self.place(it.definition))
    }

    /// The fields of the definition, with types as paths from `place`.
    pub(super) fn fields_from(&self, it: Present, place: Place) -> Vec<Field<'_>> {
        self.cx.members(it.id).into_iter().map(|placed| self.field(it, placed, place)).collect()
    }

    fn field<'f>(&'f self, it: Present, mut placed: Placed<'f>, place: Place) -> Field<'f> {
        placed.when = std::mem::take(&mut placed.when).within(it.when);
        let holder = it.id;
        let member = placed.member;
        let carries_branch = match &it.definition.kind {
            DefinitionKind::Union(union) => union.discriminator == member.name,
            _ => false,
        };
        let inner = if carries_branch { self.branch_path(holder, place) } else { self.ty(member.ty, place) };
        Field {
            ident: self.cx.field(holder, &member.name),
            cfg: self.cfg(&placed.when),
            docs: self.doc(docs::member(
                self.cx,
                holder,
                placed.owner,
                &member.name,
                &member.features,
                place,
            )),
            inner,
            boxed: !carries_branch && self.cx.is_boxed(holder, member.ty),
            into: carries_branch || self.takes_into(member.ty),
            converts: self.takes_into(member.ty) && !is_any(member.ty),
            features: self.features(&member.features),
            carries_branch,
            placed,
        }
    }

    /// Whether values of several types convert to this one.
    pub(super) fn takes_into(&self, ty: Type) -> bool {
        match ty {
            // Numbers of the caller are of either width.
            Type::Plain(TypeName::Builtin(Builtin::Int)) => self.cx.schema.wide_integers,
            Type::Plain(TypeName::Builtin(builtin)) => matches!(builtin, Builtin::Str | Builtin::Any),
            Type::Plain(TypeName::Defined(id)) => {
                matches!(self.cx.definition(id).kind, DefinitionKind::Union(_) | DefinitionKind::Alternate(_))
            }
            Type::Array(_) => false,
        }
    }
}

/// Whether the type is `any`. An `Option` converts to an `any` of its own, so a setter could not tell `None` from `null`.
fn is_any(ty: Type) -> bool {
    matches!(ty, Type::Plain(TypeName::Builtin(Builtin::Any)))
}

/// `name`, with a `_` if a member has the name.
pub(super) fn unused(name: &str, fields: &[Field]) -> Ident {
    let mut name = name.to_owned();
    while fields.iter().any(|field| field.ident == name[..]) {
        name.push('_');
    }
    names::ident(&name)
}
