//! The line of an item.

use super::source::{is_hidden, is_public, is_there};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Fields, ImplItem, Item, ItemImpl, Meta, TraitItem};

/// The word for what an item is, and its path.
pub(crate) fn kind(item: &Item, path: &str) -> String {
    let word = match item {
        Item::Const(_) => "const",
        Item::Enum(_) => "enum",
        Item::Fn(_) => "fn",
        Item::Static(_) => "static",
        Item::Struct(_) => "struct",
        Item::Trait(_) => "trait",
        Item::Type(_) => "type",
        _ => unreachable!("only these have a name"),
    };
    format!("{word} {path}")
}

/// An item, with the traits that its type has.
pub(crate) fn item(item: &Item, path: &str, blocks: &[&ItemImpl]) -> String {
    let kind = kind(item, path);
    match item {
        Item::Const(item) => format!("{kind}: {}", type_text(&item.ty)),
        Item::Static(item) => format!("{kind}: {}", type_text(&item.ty)),
        Item::Fn(item) => format!("{kind}: {}", signature(&item.sig)),
        Item::Type(item) => format!("{kind}: {}", type_text(&item.ty)),
        Item::Enum(item) => format!("{kind}{}", traits(&item.attrs, blocks)),
        Item::Struct(item) => format!("{kind}{}", traits(&item.attrs, blocks)),
        Item::Trait(item) if item.supertraits.is_empty() => kind,
        Item::Trait(item) => format!("{kind}: {}", tokens_text(&item.supertraits)),
        _ => kind,
    }
}

/// The traits of a type, and whether more fields or variants may come.
fn traits(attributes: &[Attribute], blocks: &[&ItemImpl]) -> String {
    let mut names = Vec::new();
    for attribute in attributes {
        match &attribute.meta {
            Meta::List(list) if list.path.is_ident("derive") => {
                names.extend(list.tokens.to_string().split(',').map(|name| name.trim().to_owned()));
            }
            _ => {}
        }
    }
    let implemented = blocks.iter().filter_map(|block| block.trait_.as_ref());
    names.extend(implemented.filter_map(|(path, _)| path.segments.last()).map(tokens_text));
    names.sort();
    names.dedup();
    let sealed = attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"));
    let colon = if names.is_empty() { "" } else { ": " };
    format!("{colon}{}{}", names.join(", "), if sealed { " (non_exhaustive)" } else { "" })
}

/// The public fields, the variants, or what is in a trait: name and line.
pub(crate) fn parts(item: &Item, path: &str) -> Vec<(String, String)> {
    match item {
        Item::Struct(item) => fields(&item.fields, path, false),
        Item::Enum(item) => {
            let mut parts = Vec::new();
            for variant in item.variants.iter().filter(|variant| is_there(&variant.attrs)) {
                let name = variant.ident.to_string();
                let path = format!("{path}::{name}");
                match &variant.fields {
                    Fields::Unnamed(fields) => {
                        let types: Vec<String> =
                            fields.unnamed.iter().map(|field| type_text(&field.ty)).collect();
                        parts.push((name, format!("variant {path} ({})", types.join(", "))));
                    }
                    named => {
                        parts.push((name.clone(), format!("variant {path}")));
                        let fields = fields(named, &path, true).into_iter();
                        parts.extend(fields.map(|(field, line)| (format!("{name}::{field}"), line)));
                    }
                }
            }
            parts
        }
        Item::Trait(item) => item.items.iter().filter_map(|part| trait_part(part, path)).collect(),
        _ => Vec::new(),
    }
}

fn fields(fields: &Fields, path: &str, all: bool) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        if all || is_public(&field.vis) && !is_hidden(&field.attrs) {
            let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
            let line = format!("field {path}::{name}: {}", type_text(&field.ty));
            parts.push((name, line));
        }
    }
    parts
}

fn trait_part(part: &TraitItem, path: &str) -> Option<(String, String)> {
    let (attributes, name, line) = match part {
        TraitItem::Fn(part) => {
            let default = if part.default.is_some() { " (provided)" } else { "" };
            let line = format!("{}{default}", signature(&part.sig));
            (&part.attrs, &part.sig.ident, format!("fn {path}::{}: {line}", part.sig.ident))
        }
        TraitItem::Const(part) => {
            (&part.attrs, &part.ident, format!("const {path}::{}: {}", part.ident, type_text(&part.ty)))
        }
        TraitItem::Type(part) => {
            (&part.attrs, &part.ident, format!("type {path}::{}: {}", part.ident, tokens_text(&part.bounds)))
        }
        _ => return None,
    };
    (!is_hidden(attributes)).then(|| (name.to_string(), line))
}

/// The public functions and constants of an `impl` block.
pub(crate) fn members(block: &ItemImpl, path: &str) -> Vec<(String, String)> {
    let mut members = Vec::new();
    for member in &block.items {
        let (attributes, visibility, name, line) = match member {
            ImplItem::Fn(member) => {
                let line = format!("fn {path}::{}: {}", member.sig.ident, signature(&member.sig));
                (&member.attrs, &member.vis, &member.sig.ident, line)
            }
            ImplItem::Const(member) => {
                let line = format!("const {path}::{}: {}", member.ident, type_text(&member.ty));
                (&member.attrs, &member.vis, &member.ident, line)
            }
            _ => continue,
        };
        if is_public(visibility) && is_there(attributes) && !is_hidden(attributes) {
            members.push((name.to_string(), line));
        }
    }
    members
}

/// A function as it is declared, on one line.
fn signature(signature: &syn::Signature) -> String {
    let text = item_text(quote!(#signature {}));
    text.trim_end_matches("{}").trim_end().to_owned()
}

fn type_text(part: &syn::Type) -> String {
    let text = item_text(quote!(type T = #part;));
    text.trim_start_matches("type T = ").trim_end_matches(';').to_owned()
}

/// What may stand as a bound or in a path, on one line.
fn tokens_text(part: &impl ToTokens) -> String {
    let text = item_text(quote!(trait T: #part {}));
    text.trim_start_matches("trait T").trim_start_matches(": ").trim_end_matches("{}").trim_end().to_owned()
}

fn item_text(tokens: TokenStream) -> String {
    let file = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{tokens}: {error}"));
    let text = prettyplease::unparse(&file).split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace("( ", "(").replace(", )", ")").replace(" )", ")")
}
