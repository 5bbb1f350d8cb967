//! Emits definitions as Rust, with one file for each kind. Emitters only assemble tokens; the context makes the
//! decisions.

use super::cfg::When;
use super::context::{Context, Place, Present};
use super::docs;
use super::{names, vocabulary};
use crate::schema::{Builtin, DefId, Definition, DefinitionKind, Feature, Type, TypeName};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use std::borrow::Cow;

mod alternates;
mod attributes;
mod client;
mod commands;
pub(super) mod dispatch;
mod enums;
mod events;
mod fields;
mod free;
mod imports;
mod introspection;
pub(super) mod modules;
mod records;
mod root;
mod setters;
mod unions;
pub(super) mod values;
mod whole;

/// Emits definitions on one thread, since tokens are not `Send`.
pub(super) struct Emitter<'a> {
    pub(super) cx: &'a Context<'a>,
    /// The documentation of the current item; the tokens refer to it by number.
    docs: vocabulary::Docs,
}

impl<'a> Emitter<'a> {
    pub(super) fn new(cx: &'a Context<'a>) -> Self {
        Emitter { cx, docs: vocabulary::Docs::default() }
    }

    /// Runs `emit` and returns its tokens with their documentation.
    pub(super) fn documented(
        &self,
        emit: impl FnOnce(&Self) -> TokenStream,
    ) -> (TokenStream, Vec<Cow<'static, str>>) {
        let tokens = emit(self);
        (tokens, self.docs.take())
    }

    /// A type, command or event.
    pub(super) fn definition(&self, it: Present) -> TokenStream {
        match &it.definition.kind {
            DefinitionKind::Enum(value) => self.emit_enum(it, value),
            DefinitionKind::Struct(_) => self.emit_struct(it),
            DefinitionKind::Union(value) => self.emit_union(it, value),
            DefinitionKind::Alternate(value) => self.emit_alternate(it, value),
            DefinitionKind::Command(value) => self.emit_command(it, value),
            DefinitionKind::Event(value) => self.emit_event(it, value),
        }
    }

    /// The place of the definition's code.
    fn place(&self, definition: &Definition) -> Place {
        match definition.kind {
            DefinitionKind::Command(_) | DefinitionKind::Event(_) => Place::Nested(definition.module),
            _ => Place::Module(definition.module),
        }
    }

    /// A reference to a type.
    fn ty(&self, ty: Type, from: Place) -> TokenStream {
        let name = |name| match name {
            TypeName::Builtin(builtin) => self.builtin(builtin),
            TypeName::Defined(id) => self.path(id, from),
        };
        match ty {
            Type::Plain(plain) => name(plain),
            Type::Array(element) => {
                let element = name(element);
                quote!(__Vec<#element>)
            }
        }
    }

    fn builtin(&self, builtin: Builtin) -> TokenStream {
        if builtin == Builtin::Int && self.cx.schema.wide_integers { quote!(i128) } else { plain(builtin) }
    }

    fn path(&self, id: DefId, from: Place) -> TokenStream {
        parse(&self.cx.path(id, from))
    }

    /// The name of a definition in Rust.
    fn name(&self, id: DefId) -> Ident {
        names::ident(&self.cx.name(id))
    }

    /// `#[cfg(..)]`, or nothing.
    fn cfg(&self, when: &When) -> TokenStream {
        self.cx.decider.attribute(when)
    }

    /// The text as documentation, if the options ask for it.
    fn doc(&self, text: impl Into<Cow<'static, str>>) -> TokenStream {
        if !self.cx.options.docs {
            return TokenStream::new();
        }
        self.docs.add(text).into_token_stream()
    }

    /// The documentation of a definition, without that of its members.
    fn docs(&self, it: Present) -> TokenStream {
        let text = self.doc(docs::definition(self.cx, it.id, self.place(it.definition)));
        match it.definition.kind {
            DefinitionKind::Command(_) | DefinitionKind::Event(_) => {
                let alias = self.alias(&self.cx.name(it.id), &it.definition.name);
                quote!(#text #alias)
            }
            // The name of a type is never sent, so it needs no alias.
            _ => text,
        }
    }

    /// An alias with which rustdoc's search finds the name `wire` of the protocol.
    fn alias(&self, rust: &str, wire: &str) -> Option<TokenStream> {
        if self.cx.options.docs { alias(rust, wire) } else { None }
    }

    /// `#[deprecated]`, with the feature's condition.
    fn deprecated(&self, features: &[Feature], what: &str) -> TokenStream {
        let Some(when) = self.cx.feature(features, "deprecated") else { return TokenStream::new() };
        let note = format!("{what} is deprecated in the schema");
        if when.is_always() {
            return quote!(#[deprecated(note = #note)]);
        }
        let predicate = self.cx.decider.predicate(&when);
        quote!(#[cfg_attr(#predicate, deprecated(note = #note))])
    }

    /// The features that the runtime's policy knows, as a constant expression; `None` without any.
    fn features(&self, features: &[Feature]) -> Option<TokenStream> {
        let known = [("deprecated", quote!(DEPRECATED)), ("unstable", quote!(UNSTABLE))];
        let terms = known.into_iter().filter_map(|(name, constant)| {
            let when = self.cx.feature(features, name)?;
            if when.is_always() {
                return Some(quote!(__Rt::Features::#constant));
            }
            let predicate = self.cx.decider.predicate(&when);
            Some(quote! {
                if ::core::cfg!(#predicate) { __Rt::Features::#constant } else { __Rt::Features::NONE }
            })
        });
        terms.reduce(|left, right| quote!((#left).union(#right)))
    }

    fn features_or_none(&self, features: &[Feature]) -> TokenStream {
        self.features(features).unwrap_or_else(|| quote!(__Rt::Features::NONE))
    }
}

/// An alias with which rustdoc's search finds the name `wire`, unless it finds `rust` by it: the search ignores case and
/// underscores.
pub(super) fn alias(rust: &str, wire: &str) -> Option<TokenStream> {
    let plain = |name: &str| name.trim_start_matches("r#").replace('_', "").to_ascii_lowercase();
    (plain(rust) != plain(wire)).then(|| quote!(#[doc(alias = #wire)]))
}

/// A built-in type.
pub(super) fn plain(builtin: Builtin) -> TokenStream {
    match builtin {
        Builtin::Str => quote!(__String),
        Builtin::Number => quote!(f64),
        Builtin::Int | Builtin::Int64 => quote!(i64),
        Builtin::Int8 => quote!(i8),
        Builtin::Int16 => quote!(i16),
        Builtin::Int32 => quote!(i32),
        Builtin::Uint8 => quote!(u8),
        Builtin::Uint16 => quote!(u16),
        Builtin::Uint32 => quote!(u32),
        Builtin::Uint64 | Builtin::Size => quote!(u64),
        Builtin::Bool => quote!(bool),
        Builtin::Null => quote!(__Rt::Null),
        Builtin::Any => quote!(__Rt::Any),
        Builtin::QType => quote!(__Rt::QType),
    }
}

/// Parses text that is valid Rust by construction or by the checks of options.
fn parse(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

/// Whether the type is `size` or an array of it. The decoder has to know, since in Rust a size is the same `u64` as
/// `uint64`.
fn is_size(ty: Type) -> bool {
    matches!(
        ty,
        Type::Plain(TypeName::Builtin(Builtin::Size)) | Type::Array(TypeName::Builtin(Builtin::Size))
    )
}

/// `result?`, but as a macro of the runtime. The operator goes through two traits, which for thousands of members would
/// be a tenth of rustc's work on a schema's code.
fn attempt(result: &TokenStream) -> TokenStream {
    quote!(__Rt::private::attempt!(#result))
}
