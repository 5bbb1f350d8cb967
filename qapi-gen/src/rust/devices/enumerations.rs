//! Emits the enumerations of properties. They are open: QEMU's descriptions need not list all values.

use super::Emitter;
use super::spelling::spelled;
use crate::rust::docs::literal;
use crate::rust::emit::modules::allow;
use crate::rust::emit::values::{self, Spelled};
use crate::rust::names;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

impl Emitter<'_> {
    pub(super) fn enumeration(&self, wire: &str, values: &[String]) -> TokenStream {
        let docs = self.doc(|| format!("The type `{}` of properties.", literal(wire)));
        let name = names::ident(&self.types.enumeration(wire));
        let variants: Vec<Ident> = variants(values).iter().map(|variant| names::ident(variant)).collect();
        let no_cfg = TokenStream::new();
        let all: Vec<Spelled> = (variants.iter().zip(values))
            .map(|(variant, wire)| Spelled { variant, cfg: &no_cfg, wire })
            .collect();
        let shown = all.iter().map(|Spelled { variant, wire, .. }| {
            let docs = self.doc(|| format!("`{wire}`"));
            let alias = self.alias(&variant.to_string(), wire);
            quote!(#docs #alias #variant)
        });
        let unknown = self.doc(|| "Another value, as QEMU spells it.".to_owned());
        let doc = |text: &'static str| self.doc(|| text.to_owned()).into_token_stream();
        let constants = values::constants(&all, doc);
        let as_str = values::open_name(&all, doc);
        let allow = allow(self.options.docs);
        quote! {
            #docs
            #[derive(Clone, Debug, PartialEq, Eq, Hash)]
            #[non_exhaustive]
            #allow
            pub enum #name {
                #(#shown,)*
                #unknown
                Unknown(__String),
            }
            #allow
            impl #name {
                #constants
                #as_str
            }
            __Rt::private::open_enum!(#name, &[]);
            __Rt::private::property_values!(#name);
        }
    }
}

/// The variants for the values, in their order.
fn variants(values: &[String]) -> Vec<String> {
    let nicest = |name: &str| names::variant(name, true);
    let apart_at_separators = |name: &str| names::unreserved_variant(names::camel_apart(name), true);
    spelled(values, &[&nicest, &apart_at_separators, &names::distinct])
}
