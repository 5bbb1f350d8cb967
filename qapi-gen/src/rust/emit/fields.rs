//! Emits members as fields of a Rust struct.

use super::Emitter;
use crate::rust::context::{Placed, Present};
use crate::rust::docs;
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
    /// Whether functions take `impl Into` of the value.
    pub(super) into: bool,
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

    /// The type by which a function takes a value.
    pub(super) fn parameter_type(&self) -> TokenStream {
        let inner = &self.inner;
        if self.into { quote!(impl __Into<#inner>) } else { quote!(#inner) }
    }

    /// The expression that turns the parameter `name` into the field's value.
    pub(super) fn value_of(&self, name: &Ident) -> TokenStream {
        let value = if self.into { quote!(__Into::into(#name)) } else { quote!(#name) };
        if self.boxed { quote!(__Box::new(#value)) } else { value }
    }
}

impl Emitter<'_> {
    /// The fields of the definition.
    pub(super) fn fields(&self, it: Present) -> Vec<Field<'_>> {
        self.cx.members(it.id).into_iter().map(|placed| self.field(it, placed)).collect()
    }

    fn field<'f>(&'f self, it: Present, mut placed: Placed<'f>) -> Field<'f> {
        placed.when = std::mem::take(&mut placed.when).within(it.when);
        let (holder, place) = (it.id, self.place(it.definition));
        let member = placed.member;
        let carries_branch = match &it.definition.kind {
            DefinitionKind::Union(union) => union.discriminator == member.name,
            _ => false,
        };
        let inner = if carries_branch {
            let branch = self.branch_name(holder);
            quote!(#branch)
        } else {
            self.ty(member.ty, place)
        };
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
            features: self.features(&member.features),
            carries_branch,
            placed,
        }
    }

    /// Whether values of several types convert to this one.
    fn takes_into(&self, ty: Type) -> bool {
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
