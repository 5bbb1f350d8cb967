//! Attributes of types: derives, and the user's own.

use super::{Emitter, parse};
use crate::rust::context::Present;
use proc_macro2::TokenStream;
use quote::quote;

/// The traits that a type can derive besides `Clone`, `Debug` and `PartialEq`.
#[derive(Clone, Copy, Default)]
pub(super) struct Derives {
    pub(super) default: bool,
    /// `Eq` and `Hash`, for enumerations only: their values hold at most a string.
    pub(super) eq: bool,
    pub(super) copy: bool,
}

impl Emitter<'_> {
    /// The attributes of a type.
    pub(super) fn type_attributes(&self, it: Present, derives: Derives) -> TokenStream {
        let Derives { default, eq, copy } = derives;
        let mut list = vec![quote!(Clone)];
        if copy {
            list.push(quote!(Copy));
        }
        list.push(quote!(Debug));
        if default {
            list.push(quote!(Default));
        }
        list.push(quote!(PartialEq));
        if eq {
            list.extend([quote!(Eq), quote!(Hash)]);
        }
        let name = &it.definition.name;
        let chosen = |pairs: &[(String, String)]| -> Vec<TokenStream> {
            pairs.iter().filter(|(of, _)| of == "*" || of == name).map(|(_, text)| parse(text)).collect()
        };
        for derive in chosen(&self.cx.options.derives) {
            if list.iter().all(|known| known.to_string() != derive.to_string()) {
                list.push(derive);
            }
        }
        let attributes = chosen(&self.cx.options.type_attributes);
        quote! {
            #[derive(#(#list),*)]
            #[non_exhaustive]
            #(#attributes)*
        }
    }
}
