//! The paths in an item that name a module.

use crate::read::plain;
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree, Visibility};

/// One name that a `use` brings in.
pub(crate) struct Use {
    pub(crate) path: Vec<String>,
    /// The name that it has here; none for all names of a module.
    pub(crate) name: Option<String>,
}

/// What a `use` brings in.
pub(crate) fn uses(tree: &UseTree) -> Vec<Use> {
    let mut found = Vec::new();
    flatten(tree, &mut Vec::new(), &mut found);
    found
}

fn flatten(tree: &UseTree, before: &mut Vec<String>, found: &mut Vec<Use>) {
    let mut add = |last: String, name: Option<String>| {
        let mut path = before.clone();
        if last != "self" || path.is_empty() {
            path.push(last);
        }
        let name = name.or_else(|| path.last().cloned());
        found.push(Use { path, name });
    };
    match tree {
        UseTree::Path(path) => {
            before.push(plain(&path.ident));
            flatten(&path.tree, before, found);
            before.pop();
        }
        UseTree::Name(name) => add(plain(&name.ident), None),
        UseTree::Rename(rename) => add(plain(&rename.ident), Some(plain(&rename.rename))),
        UseTree::Glob(_) => found.push(Use { path: before.clone(), name: None }),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, before, found)),
    }
}

/// The paths in an item that begin at the root of the crate or go up from its module.
pub(crate) fn of(item: &Item) -> Vec<Vec<String>> {
    let mut finder = Finder { found: Vec::new() };
    finder.visit_item(item);
    finder.found
}

struct Finder {
    found: Vec<Vec<String>>,
}

impl Finder {
    fn add(&mut self, path: Vec<String>) {
        if path.len() > 1 && path.first().is_some_and(|first| matches!(&first[..], "crate" | "super")) {
            self.found.push(path);
        }
    }

    /// The paths in what is given to a macro.
    fn scan(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match &token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Ident(name) if colons == 2 && !path.is_empty() => path.push(plain(name)),
                TokenTree::Ident(name) => {
                    self.add(std::mem::take(&mut path));
                    path.push(plain(name));
                }
                TokenTree::Group(group) => {
                    self.add(std::mem::take(&mut path));
                    self.scan(group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => self.add(std::mem::take(&mut path)),
            }
            colons = 0;
        }
        self.add(path);
    }
}

impl Visit<'_> for Finder {
    fn visit_path(&mut self, path: &syn::Path) {
        self.add(path.segments.iter().map(|segment| plain(&segment.ident)).collect());
        visit::visit_path(self, path);
    }

    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        uses(&item.tree).into_iter().for_each(|it| self.add(it.path));
    }

    fn visit_macro(&mut self, call: &syn::Macro) {
        let name = call.path.segments.last().map(|segment| plain(&segment.ident));
        if !matches!(name.as_deref(), Some("macro_rules" | "quote")) {
            self.scan(call.tokens.clone());
        }
    }

    // `pub(in crate::rust)` says who may look, and looks at nothing.
    fn visit_visibility(&mut self, _: &Visibility) {}

    fn visit_attribute(&mut self, _: &Attribute) {}
}

/// The attributes of an item.
pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
