//! Emits alternates: an enum whose variant depends on the JSON type.

use super::attributes::Derives;
use super::{Emitter, is_size};
use crate::rust::cfg::When;
use crate::rust::context::Present;
use crate::rust::docs;
use crate::schema::{Alternate, Alternative, Builtin, DefinitionKind, Type, TypeName};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// An alternative that exists.
struct Choice {
    variant: Ident,
    cfg: TokenStream,
    docs: TokenStream,
    /// The type of the variant's field.
    held: TokenStream,
    inner: TokenStream,
    boxed: bool,
    ty: Type,
    kind: TokenStream,
}

impl Emitter<'_> {
    pub(super) fn emit_alternate(&self, it: Present, alternate: &Alternate) -> TokenStream {
        let choices: Vec<Choice> =
            alternate.alternatives.iter().filter_map(|alternative| self.choice(it, alternative)).collect();
        let cfg = self.cfg(it.when);
        let name = self.name(it.id);
        let docs = self.docs(it);
        let attributes = self.type_attributes(it, Derives::default());
        let declared =
            choices.iter().map(|Choice { variant, cfg, docs, held, .. }| quote!(#docs #cfg #variant(#held)));
        let unknown = self.cx.is_open(it.id).then(|| {
            let docs = self.doc("A value of a JSON type that the schema does not know here.");
            quote!(#docs Unknown(__Rt::Any))
        });
        let declared = declared.chain(unknown);
        let codec = self.alternate_codec(it, &choices, &cfg);
        let conversions = self.alternate_conversions(alternate, &name, &choices, &cfg);
        quote! {
            #docs
            #cfg
            #attributes
            pub enum #name { #(#declared,)* }
            #codec
            #conversions
            #cfg
            __Rt::private::impl_serde!(#name);
        }
    }

    fn choice(&self, it: Present, alternative: &Alternative) -> Option<Choice> {
        let (cx, id) = (self.cx, it.id);
        let place = self.place(it.definition);
        let when = cx.decide(When::always().and(alternative.condition.as_ref()), Some(alternative.ty))?;
        let inner = self.ty(alternative.ty, place);
        let boxed = cx.is_boxed(id, alternative.ty);
        Some(Choice {
            variant: cx.variant(id, &alternative.name),
            cfg: self.cfg(&when.within(it.when)),
            docs: self.doc(docs::member(cx, id, id, &alternative.name, &[], place)),
            held: if boxed { quote!(__Box<#inner>) } else { inner.clone() },
            inner,
            boxed,
            ty: alternative.ty,
            kind: self.json_kind(alternative.ty),
        })
    }

    /// The JSON type of encoded values of `ty`.
    fn json_kind(&self, ty: Type) -> TokenStream {
        let kind = match ty {
            Type::Array(_) => quote!(Array),
            Type::Plain(TypeName::Builtin(builtin)) => match builtin {
                Builtin::Str | Builtin::QType => quote!(String),
                Builtin::Bool => quote!(Bool),
                Builtin::Null => quote!(Null),
                Builtin::Any => unreachable!("check rejects 'any' as an alternative"),
                _ => quote!(Number),
            },
            Type::Plain(TypeName::Defined(id)) => match self.cx.definition(id).kind {
                DefinitionKind::Enum(_) => quote!(String),
                _ => quote!(Object),
            },
        };
        quote!(__Rt::private::Kind::#kind)
    }

    fn alternate_codec(&self, it: Present, choices: &[Choice], cfg: &TokenStream) -> TokenStream {
        let name = self.name(it.id);
        let wire = &it.definition.name;
        let open = self.cx.is_open(it.id);
        let kinds = choices.iter().map(|Choice { cfg, kind, .. }| quote!(#cfg #kind));
        let reads = choices.iter().map(|Choice { cfg, kind, variant, ty, .. }| {
            let input = if is_size(*ty) { quote!(input.as_size()) } else { quote!(input) };
            quote!(#cfg __Some(#kind) => __Rt::Decode::decode(#input).map(Self::#variant))
        });
        let rest = if open {
            quote!(_ => __Rt::Decode::decode(input).map(Self::Unknown))
        } else {
            quote!(_ => __Err(input.wrong_type(#wire)))
        };
        let writes = choices.iter().map(|Choice { cfg, variant, .. }| {
            quote!(#cfg Self::#variant(value) => __Rt::Encode::encode(value, out))
        });
        let writes =
            writes.chain(open.then(|| quote!(Self::Unknown(value) => __Rt::Encode::encode(value, out))));
        quote! {
            #cfg
            impl __Rt::Decode for #name {
                #[inline]
                fn decode(input: __Rt::Input<'_>) -> __Rt::Result<Self> {
                    match input.alternate(#wire, &[#(#kinds),*])? {
                        #(#reads,)*
                        #rest
                    }
                }
            }
            #cfg
            impl __Rt::Encode for #name {
                #[inline]
                fn encode(&self, out: &mut __Rt::Output) {
                    match self { #(#writes,)* }
                }
            }
        }
    }

    /// `From` for the alternatives' types. Their JSON types differ, so the Rust types differ too, unless a user has
    /// mapped two to one.
    fn alternate_conversions(
        &self,
        alternate: &Alternate,
        name: &Ident,
        choices: &[Choice],
        outer: &TokenStream,
    ) -> TokenStream {
        let same_type = |ty: Type| match ty.defined() {
            Some(id) => self.cx.options.extern_types.contains_key(&self.cx.definition(id).name),
            None => alternate.alternatives.iter().filter(|it| it.ty == ty).count() > 1,
        };
        let conversions = choices.iter().filter(|choice| !same_type(choice.ty)).map(|choice| {
            let Choice { variant, cfg, inner, boxed, ty, .. } = choice;
            let value = if *boxed { quote!(__Box::new(value)) } else { quote!(value) };
            let text = matches!(ty, Type::Plain(TypeName::Builtin(Builtin::Str))).then(|| {
                quote! {
                    #outer #cfg
                    impl __From<&str> for #name {
                        #[inline]
                        fn from(value: &str) -> Self { Self::#variant(__From::from(value)) }
                    }
                }
            });
            quote! {
                #outer #cfg
                impl __From<#inner> for #name {
                    #[inline]
                    fn from(value: #inner) -> Self { Self::#variant(#value) }
                }
                #text
            }
        });
        conversions.collect()
    }
}
