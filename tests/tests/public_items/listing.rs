//! Goes through what can be reached from the root of a package by public names.

use super::names::{Target, imports, name, resolve};
use super::print;
use super::source::{Package, attributes, is_hidden, is_public};
use std::collections::{BTreeMap, BTreeSet};
use syn::{Item, ItemImpl, Type, Visibility};

/// The public items of a package.
pub(crate) struct Listing {
    /// A line for each, by the path of the item.
    lines: BTreeSet<(String, String)>,
    /// The paths of each item, by the place where it is declared.
    ways: BTreeMap<String, Vec<String>>,
}

struct Walk<'a> {
    package: &'a Package,
    /// The `impl` blocks of each item, wherever they stand.
    impls: BTreeMap<Target, Vec<&'a ItemImpl>>,
    listing: Listing,
    /// The modules above the one that is looked at: a module may import one of them.
    above: Vec<usize>,
}

impl Listing {
    pub(crate) fn of(package: &Package) -> Listing {
        let listing = Listing { lines: BTreeSet::new(), ways: BTreeMap::new() };
        let mut walk = Walk { package, impls: find_impls(package), listing, above: Vec::new() };
        walk.module(0, &package.name);
        walk.macros();
        walk.listing
    }

    /// One line for each item, sorted by path.
    pub(crate) fn text(&self) -> String {
        self.lines.iter().map(|(_, line)| format!("{line}\n")).collect()
    }

    /// The paths by which each item is reached.
    pub(crate) fn ways(&self) -> &BTreeMap<String, Vec<String>> {
        &self.ways
    }
}

fn find_impls(package: &Package) -> BTreeMap<Target, Vec<&ItemImpl>> {
    let mut found = BTreeMap::<Target, Vec<&ItemImpl>>::new();
    for (index, module) in package.modules.iter().enumerate() {
        for item in &module.items {
            let Item::Impl(block) = item else { continue };
            let Type::Path(subject) = &*block.self_ty else { continue };
            let path: Vec<String> =
                subject.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            for target in resolve(package, index, &path) {
                found.entry(target).or_default().push(block);
            }
        }
    }
    found
}

impl Walk<'_> {
    /// Lists what is public in a module that is reached by this path.
    fn module(&mut self, module: usize, path: &str) {
        if self.above.contains(&module) {
            return;
        }
        let package = self.package;
        if module != 0 {
            let note = if package.modules[module].generated { " (generated)" } else { "" };
            self.line(path, format!("mod {path}{note}"));
            self.way(package.modules[module].path.clone(), path);
        }
        if package.modules[module].generated {
            return;
        }
        self.above.push(module);
        self.contents(module, path);
        self.above.pop();
    }

    fn contents(&mut self, module: usize, path: &str) {
        let package = self.package;
        for child in package.modules[module].children.iter().filter(|child| child.public) {
            self.module(child.module, &format!("{path}::{}", child.name));
        }
        for (index, item) in package.modules[module].items.iter().enumerate() {
            if let Some(name) = name(item).filter(|_| is_public(visibility(item))) {
                self.item(&Target::Item(module, index), &format!("{path}::{name}"));
            }
        }
        for import in imports(package, module).into_iter().filter(|import| import.public) {
            for target in resolve(package, module, &import.path) {
                match target {
                    Target::Module(found) if import.name == "*" => self.contents(found, path),
                    Target::Module(found) => self.module(found, &format!("{path}::{}", import.name)),
                    Target::Item(..) => self.item(&target, &format!("{path}::{}", import.name)),
                    Target::Foreign(other) => {
                        let path = format!("{path}::{}", import.name);
                        let line = match self.is_foreign(module, &import.path) {
                            true => format!("use {path}: {other}"),
                            false => format!("macro-made {path}"),
                        };
                        self.line(&path, line);
                    }
                }
            }
        }
    }

    /// Whether an import may lead to another package. What a macro makes in this one is not found.
    fn is_foreign(&self, module: usize, import: &[String]) -> bool {
        let children = &self.package.modules[module].children;
        !["crate", "self", "super"].contains(&&*import[0])
            && !children.iter().any(|child| child.name == import[0])
    }

    /// Lists an item, its parts and what is implemented for it.
    fn item(&mut self, target: &Target, path: &str) {
        let Target::Item(module, index) = *target else { return };
        let item = &self.package.modules[module].items[index];
        if attributes(item).is_some_and(is_hidden) {
            return;
        }
        let name = name(item).map_or_else(String::new, ToString::to_string);
        self.way(format!("{}::{name}", self.package.modules[module].path), path);
        let blocks = self.impls.get(target).cloned().unwrap_or_default();
        self.line(path, print::item(item, path, &blocks));
        for (name, line) in print::parts(item, path) {
            self.line(&format!("{path}::{name}"), line);
        }
        for block in blocks.iter().filter(|block| block.trait_.is_none()) {
            for (name, line) in print::members(block, path) {
                self.line(&format!("{path}::{name}"), line);
            }
        }
    }

    /// Lists the exported macros, which are in the root wherever they are declared.
    fn macros(&mut self) {
        for item in self.package.modules.iter().flat_map(|module| &module.items) {
            let Item::Macro(item) = item else { continue };
            let exported = item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
            if let (true, false, Some(name)) = (exported, is_hidden(&item.attrs), &item.ident) {
                let path = format!("{}::{name}", self.package.name);
                self.line(&path, format!("macro {path}"));
            }
        }
    }

    fn line(&mut self, path: &str, line: String) {
        self.listing.lines.insert((path.to_owned(), line));
    }

    fn way(&mut self, declared: String, path: &str) {
        let ways = self.listing.ways.entry(declared).or_default();
        if !ways.iter().any(|way| way == path) {
            ways.push(path.to_owned());
            ways.sort();
        }
    }
}

fn visibility(item: &Item) -> &Visibility {
    match item {
        Item::Const(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Fn(item) => &item.vis,
        Item::Static(item) => &item.vis,
        Item::Struct(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Type(item) => &item.vis,
        _ => &Visibility::Inherited,
    }
}
