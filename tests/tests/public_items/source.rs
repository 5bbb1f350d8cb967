//! The modules of a package, as its files have them.

use super::expand::Macros;
use std::fs;
use std::path::{Path, PathBuf};
use syn::punctuated::Punctuated;
use syn::{Attribute, Item, Meta, Token, Visibility};

/// A package: the first module is its root.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) modules: Vec<Module>,
}

/// A module with what it declares; declarations that a condition leaves out are gone.
#[derive(Default)]
pub(crate) struct Module {
    /// Its path below the root of the package, for a name of its items that stays.
    pub(crate) path: String,
    pub(crate) items: Vec<Item>,
    pub(crate) children: Vec<Child>,
    /// Its text is made by a generator, and not to be listed here.
    pub(crate) generated: bool,
}

/// A module within another one.
pub(crate) struct Child {
    pub(crate) name: String,
    pub(crate) public: bool,
    pub(crate) module: usize,
}

impl Package {
    /// Reads a package from its root file.
    pub(crate) fn read(name: &str, root: &Path) -> Package {
        let mut package = Package { name: name.replace('-', "_"), modules: Vec::new() };
        let folder = root.parent().unwrap().to_owned();
        package.add_file(String::new(), root, folder);
        let macros = Macros::of(package.modules.iter().flat_map(|module| &module.items));
        for module in &mut package.modules {
            module.items = std::mem::take(&mut module.items)
                .into_iter()
                .flat_map(|item| macros.expand(item))
                .filter(|item| attributes(item).is_none_or(is_there))
                .collect();
        }
        package
    }

    /// Adds the module in a file whose own modules are in `folder`; returns its index.
    fn add_file(&mut self, path: String, file: &Path, folder: PathBuf) -> usize {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let generated = text.starts_with("// @generated");
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let first = self.modules.len();
        let index = self.add(path, parsed.items, folder);
        for module in &mut self.modules[first..] {
            module.generated |= generated;
        }
        index
    }

    fn add(&mut self, path: String, items: Vec<Item>, folder: PathBuf) -> usize {
        let index = self.modules.len();
        self.modules.push(Module { path: path.clone(), ..Module::default() });
        for item in items {
            let Item::Mod(module) = item else {
                self.modules[index].items.push(item);
                continue;
            };
            if !is_there(&module.attrs) {
                continue;
            }
            let name = module.ident.to_string();
            let below = folder.join(&name);
            let path = format!("{path}::{name}");
            let child = match module.content {
                Some((_, items)) => self.add(path, items, below),
                None => {
                    let beside = folder.join(format!("{name}.rs"));
                    let file = if beside.exists() { beside } else { below.join("mod.rs") };
                    self.add_file(path, &file, below)
                }
            };
            let public = is_public(&module.vis) && !is_hidden(&module.attrs);
            self.modules[index].children.push(Child { name, public, module: child });
        }
        index
    }
}

/// Whether every package may use it.
pub(crate) fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whether rustdoc leaves it out.
pub(crate) fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("doc") && list.tokens.to_string() == "hidden",
        _ => false,
    })
}

/// Whether the conditions on it hold: with all features, on Linux, outside of tests.
pub(crate) fn is_there(attributes: &[Attribute]) -> bool {
    attributes.iter().all(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => holds(&attribute.parse_args().unwrap()),
        _ => true,
    })
}

fn holds(predicate: &Meta) -> bool {
    match predicate {
        Meta::Path(path) => path.is_ident("unix") || path.is_ident("true"),
        Meta::NameValue(pair) if pair.path.is_ident("feature") => true,
        Meta::NameValue(pair) => {
            let value = &pair.value;
            pair.path.is_ident("target_os") && quote::quote!(#value).to_string() == "\"linux\""
        }
        Meta::List(list) => {
            let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).unwrap();
            if list.path.is_ident("all") {
                parts.iter().all(holds)
            } else if list.path.is_ident("any") {
                parts.iter().any(holds)
            } else {
                assert!(list.path.is_ident("not"), "a condition of another form");
                !parts.iter().any(holds)
            }
        }
    }
}

/// The attributes of what may be listed.
pub(crate) fn attributes(item: &Item) -> Option<&[Attribute]> {
    Some(match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => return None,
    })
}
