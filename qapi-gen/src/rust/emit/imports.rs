//! Emits lists of names in a `use`, in rustfmt's order.

use crate::rust::names;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The names as the end of a `use`.
pub(super) fn list(mut names: Vec<String>) -> TokenStream {
    names.sort_by_cached_key(|name| key(name));
    let names: Vec<Ident> = names.iter().map(|name| names::ident(name)).collect();
    match &names[..] {
        [name] => quote!(#name),
        names => quote!({#(#names),*}),
    }
}

/// A part of a name, ordered as rustfmt orders parts.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Underscore,
    Number(u64),
    Text(String),
}

/// The sort key of a name: numbers compare as numbers, and an underscore comes first.
fn key(name: &str) -> Vec<Part> {
    let mut key = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let kind = |c: char| (c == '_', c.is_ascii_digit());
        let end = rest.find(|c| c == '_' || kind(c) != kind(first)).unwrap_or(rest.len());
        let (part, next) = rest.split_at(end.max(1));
        key.push(match kind(first) {
            (true, _) => Part::Underscore,
            // A number that is too large sorts among the smallest.
            (_, true) => Part::Number(part.parse().unwrap_or_default()),
            _ => Part::Text(part.to_owned()),
        });
        rest = next;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_such() {
        let names =
            ["Count1", "XTried", "Count10", "Count_1", "Count9", "_over", "Count", "Aa", "S390x", "Save"];
        let list = list(names.map(str::to_owned).to_vec()).to_string();
        let sorted = "{ _over , Aa , Count , Count_1 , Count1 , Count9 , Count10 , S390x , Save , XTried }";
        assert_eq!(list, sorted);
    }
}
