//! Emits what every enumeration has: its values, and their names on the wire.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A value of an enumeration.
pub(in crate::rust) struct Spelled<'a> {
    pub(in crate::rust) variant: &'a Ident,
    /// `#[cfg(..)]`, or nothing.
    pub(in crate::rust) cfg: &'a TokenStream,
    /// The name on the wire.
    pub(in crate::rust) wire: &'a str,
}

/// The constants `NAMES` and `ALL`.
pub(in crate::rust) fn constants(
    values: &[Spelled],
    doc: impl Fn(&'static str) -> TokenStream,
) -> TokenStream {
    let names = values.iter().map(|Spelled { cfg, wire, .. }| quote!(#cfg #wire));
    let all = values.iter().map(|Spelled { cfg, variant, .. }| quote!(#cfg Self::#variant));
    let names_docs = doc("The names of the values on the wire, in the order of the schema.");
    let all_docs = doc("The values, in the order of the schema.");
    quote! {
        #names_docs
        pub const NAMES: &'static [&'static str] = &[#(#names),*];
        #all_docs
        pub const ALL: &'static [Self] = &[#(#all),*];
    }
}

const NAME_DOCS: &str = "The name on the wire.";

/// The function `as_str` of an enumeration without `Unknown`.
pub(in crate::rust) fn closed_name(
    values: &[Spelled],
    doc: impl Fn(&'static str) -> TokenStream,
) -> TokenStream {
    let docs = doc(NAME_DOCS);
    // For an enumeration without values, rustc refuses a cast and also a match on a reference.
    let index = if values.is_empty() { quote!(match self {}) } else { quote!(Self::NAMES[self as usize]) };
    quote! {
        #docs
        #[inline]
        #[must_use]
        pub const fn as_str(self) -> &'static str {
            #index
        }
    }
}

/// The function `as_str` of an enumeration with `Unknown`.
pub(in crate::rust) fn open_name(
    values: &[Spelled],
    doc: impl Fn(&'static str) -> TokenStream,
) -> TokenStream {
    let docs = doc(NAME_DOCS);
    let arms = values.iter().map(|Spelled { cfg, variant, wire }| quote!(#cfg Self::#variant => #wire,));
    quote! {
        #docs
        #[inline]
        #[must_use]
        pub fn as_str(&self) -> &str {
            match self {
                #(#arms)*
                Self::Unknown(name) => name,
            }
        }
    }
}
