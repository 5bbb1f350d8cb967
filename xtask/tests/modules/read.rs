//! Reads the modules of a crate from its files.

use crate::paths::{self, Use};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::{Attribute, Item};

/// A module, by its place in [`Tree`].
pub(crate) type Id = usize;

/// All modules of a crate; the root is the first.
pub(crate) struct Tree {
    pub(crate) modules: Vec<Module>,
}

#[derive(Default)]
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) parent: Option<Id>,
    pub(crate) children: BTreeMap<String, Id>,
    /// The names that it defines.
    pub(crate) items: BTreeSet<String>,
    /// The names that it imports.
    pub(crate) uses: Vec<Use>,
    /// The other paths in it that name a module.
    pub(crate) paths: Vec<Vec<String>>,
}

impl Tree {
    /// The module, its parent, and so on to the root.
    pub(crate) fn line(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(Some(id), |id| self.modules[*id].parent)
    }

    /// `rust::emit`; the root is `crate`.
    pub(crate) fn name(&self, id: Id) -> String {
        let mut names: Vec<&str> = self.line(id).map(|id| &self.modules[id].name[..]).collect();
        names.reverse();
        if names.len() > 1 { names[1..].join("::") } else { "crate".to_owned() }
    }
}

/// Reads the crate whose root is this file.
pub(crate) fn read(root: &Path) -> Tree {
    let mut tree = Tree { modules: vec![Module::default()] };
    let folder = root.parent().expect("a file stands in a folder");
    read_file(&mut tree, 0, root, folder);
    tree
}

fn read_file(tree: &mut Tree, id: Id, file: &Path, folder: &Path) {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    read_items(tree, id, &parsed.items, folder, file);
}

/// `folder` is where files of modules are looked for, `file` where the items stand.
fn read_items(tree: &mut Tree, id: Id, items: &[Item], folder: &Path, file: &Path) {
    for item in items {
        if paths::attributes(item).iter().any(is_for_tests) {
            continue;
        }
        match item {
            Item::Mod(module) => {
                let name = plain(&module.ident);
                let child = tree.modules.len();
                tree.modules.push(Module { name: name.clone(), parent: Some(id), ..Module::default() });
                tree.modules[id].children.insert(name.clone(), child);
                match &module.content {
                    Some((_, items)) => read_items(tree, child, items, &folder.join(name), file),
                    None => {
                        let found = find(&name, &module.attrs, folder, file);
                        let inner = if found.file_name().is_some_and(|name| name == "mod.rs") {
                            found.parent().expect("a file stands in a folder").to_owned()
                        } else {
                            found.with_extension("")
                        };
                        read_file(tree, child, &found, &inner);
                    }
                }
            }
            Item::Use(item) => tree.modules[id].uses.extend(paths::uses(&item.tree)),
            other => {
                let module = &mut tree.modules[id];
                module.items.extend(defined(other));
                module.paths.extend(paths::of(other));
            }
        }
    }
}

/// The file of a module that is declared in `file`.
fn find(name: &str, attributes: &[Attribute], folder: &Path, file: &Path) -> PathBuf {
    let stated = attributes.iter().find_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(path), .. }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    });
    if let Some(path) = stated {
        return file.with_file_name(path);
    }
    let plain = folder.join(name).with_extension("rs");
    if plain.exists() { plain } else { folder.join(name).join("mod.rs") }
}

/// `#[cfg(test)]`, and what asks for more beside it.
fn is_for_tests(attribute: &Attribute) -> bool {
    let syn::Meta::List(list) = &attribute.meta else { return attribute.path().is_ident("test") };
    let words: Vec<String> = words(list.tokens.clone()).collect();
    list.path.is_ident("cfg")
        && words.iter().any(|word| word == "test")
        && !words.iter().any(|word| word == "not" || word == "any")
}

/// The names that an item defines. Of a macro that defines something it is guessed by the keywords in it.
fn defined(item: &Item) -> Vec<String> {
    match item {
        Item::Const(item) => vec![plain(&item.ident)],
        Item::Enum(item) => vec![plain(&item.ident)],
        Item::Fn(item) => vec![plain(&item.sig.ident)],
        Item::Static(item) => vec![plain(&item.ident)],
        Item::Struct(item) => vec![plain(&item.ident)],
        Item::Trait(item) => vec![plain(&item.ident)],
        Item::Type(item) => vec![plain(&item.ident)],
        Item::Union(item) => vec![plain(&item.ident)],
        Item::Macro(item) => match &item.ident {
            Some(name) => vec![plain(name)],
            None => {
                let words: Vec<String> = words(item.mac.tokens.clone()).collect();
                let pairs = words.windows(2).filter(|pair| KEYWORDS.contains(&&pair[0][..]));
                pairs.map(|pair| pair[1].clone()).collect()
            }
        },
        _ => Vec::new(),
    }
}

const KEYWORDS: [&str; 7] = ["const", "enum", "fn", "static", "struct", "trait", "type"];

/// All identifiers among tokens, those in brackets included.
fn words(tokens: TokenStream) -> Box<dyn Iterator<Item = String>> {
    Box::new(tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(word) => Box::new(std::iter::once(word.to_string())),
        TokenTree::Group(group) => words(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => Box::new(std::iter::empty()),
    }))
}

/// A name without the mark of a raw one.
pub(crate) fn plain(name: &proc_macro2::Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}
